import type { Journal } from "../journal/index.ts";
import { WriteError } from "../plugin/index.ts";
import { Backoff } from "./backoff.ts";
import type { Allowance } from "./allowance.ts";
import type { Batch } from "./batch.ts";
import { Delivery, type DeliveryOptions } from "./delivery.ts";
import { refusedReject } from "./encode.ts";
import { type Item, lastBut, type Refusal } from "./item.ts";
import type { Progress } from "./progress.ts";
import type { Reject } from "./reject.ts";

export interface FlightsOptions {
  readonly delivery: Omit<DeliveryOptions, "allow">;
  readonly allowance: Allowance | undefined;
  readonly progress: Progress;
  readonly journal: Journal;
  /** How many batches may be on their way at once. */
  readonly places: number;
  /** The sink did not take a batch, and nothing of it: it is no longer on its way. Only when the delivery hands back. */
  readonly onReturned?: (error: WriteError) => void;
  /** Resolves once the rejects are durable. */
  readonly reject: (rejects: readonly Reject[]) => Promise<void>;
  readonly onDelivered: (points: number) => void;
  /** Rejects could not be made durable; it is tried again. */
  readonly onFailure: (error: unknown) => void;
  /** A batch has arrived, or will not. */
  readonly onLanded: () => void;
}

/** The batches of one outlet that are on their way to the sink. */
export class Flights {
  readonly #options: FlightsOptions;
  readonly #delivery: Delivery;
  readonly #flights = new Set<Promise<void>>();
  readonly #calledOff = new AbortController();
  #taken: Item | undefined;
  #gone: WriteError | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: FlightsOptions) {
    this.#options = options;
    const { allowance } = options;
    const { signal: calledOff } = this.#calledOff;
    const allow =
      allowance &&
      ((bytes: number, signal: AbortSignal) => allowance.take(bytes, AbortSignal.any([signal, calledOff])));
    this.#delivery = new Delivery({ ...options.delivery, allow });
  }

  /** How many batches are on their way. */
  get count(): number {
    return this.#flights.size;
  }

  /** Whether another batch may go on its way. */
  get free(): boolean {
    return this.count < this.#options.places;
  }

  /** The last point that the sink took. */
  get taken(): Item | undefined {
    return this.#taken;
  }

  /** Why the sink will not be there again while this process runs. */
  get gone(): WriteError | undefined {
    return this.#gone;
  }

  /** Whether it makes sense to send another batch. */
  get over(): boolean {
    if (this.#gone !== undefined || this.#failure !== undefined) return true;
    return this.#calledOff.signal.aborted && this.#options.allowance?.waits === true;
  }

  /** Ends what waits for the next day's bytes, now and from now on: it is as if it had not left. */
  callOff(): void {
    this.#calledOff.abort(new Error("called off"));
  }

  /** Resolves when one more batch may go on its way. */
  async place(): Promise<void> {
    while (!this.free) await Promise.race(this.#flights);
  }

  /** Sends a batch on its way; the cursor follows when it has arrived and its rejects are durable. */
  launch(batch: Batch, signal: AbortSignal): void {
    const { progress, onReturned, onLanded } = this.#options;
    const passage = progress.begin([batch.from, batch.upTo], batch.read);
    const failed = (error: unknown) => {
      if (error instanceof WriteError && error.kind !== "gone") {
        passage.returned();
        onReturned?.(error);
      } else if (error instanceof WriteError) this.#gone = error;
      else if (error === this.#calledOff.signal.reason) passage.returned();
      // When it was aborted, the outlet hears of it too.
      else if (!signal.aborted) this.#failure ??= { error };
    };
    const flight = this.#send(batch, signal)
      .then(() => passage.arrived(), failed)
      .then(() => {
        this.#flights.delete(flight);
        onLanded();
      });
    this.#flights.add(flight);
  }

  /** Resolves when no batch is on its way. @throws what else than the sink or an abort ended one */
  async landed(): Promise<void> {
    await Promise.all(this.#flights);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #send({ points, rejects }: Batch, signal: AbortSignal): Promise<void> {
    const refusals = points.length === 0 ? [] : await this.#delivery.deliver(points, signal);
    const refused = await Promise.all(refusals.map((refusal) => this.#rejectOf(refusal, signal)));
    await this.#keep([...rejects, ...refused], signal);
    this.#taken = lastBut(points, new Set(refusals.map(({ item }) => item))) ?? this.#taken;
    this.#options.onDelivered(points.length - refusals.length);
  }

  /** The refused point's reading is still in the journal, since the cursor has not passed it: it knows the channel. */
  async #rejectOf(refusal: Refusal, signal: AbortSignal): Promise<Reject> {
    const { offset } = refusal.item;
    const block = await this.#options.journal.read(offset, 1, signal).catch(() => undefined);
    const entry = block?.entries[0];
    return refusedReject(refusal, entry?.offset === offset ? entry : undefined);
  }

  async #keep(rejects: readonly Reject[], signal: AbortSignal): Promise<void> {
    const backoff = new Backoff();
    for (;;) {
      try {
        return await this.#options.reject(rejects);
      } catch (error) {
        this.#options.onFailure(error);
        await backoff.wait(signal);
      }
    }
  }
}
