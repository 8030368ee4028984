import type { Arrival } from "../model/index.ts";
import type { Emit, EmitOptions } from "./contract.ts";

/** What a reading takes up beside its payload, so that empty ones are bounded too. */
const READING_BYTES = 128;

/**
 * Emits without waiting for each call, so that readings are synced in groups, and says when too much is not yet
 * durable: then the source is to be held back until there is room.
 */
export class EmitWindow {
  readonly #emit: Emit;
  readonly #maxBytes: number;
  readonly #pending = new Set<Promise<void>>();
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  /** @param maxBytes of readings that may be on their way into the journal at once */
  constructor(emit: Emit, maxBytes: number) {
    this.#emit = emit;
    this.#maxBytes = maxBytes;
  }

  /** True when no more is to be sent before `room`: too much is on its way, or `emit` has failed. */
  get full(): boolean {
    return this.#crowded || this.#failure !== undefined;
  }

  /** Emits; a sender that can wait and fills the window is waiting, so its readings are synced at once. */
  send(arrivals: readonly Arrival[], options: EmitOptions = {}): void {
    if (arrivals.length === 0) return;
    const bytes = arrivals.reduce((sum, { payload }) => sum + payload.length + READING_BYTES, 0);
    this.#bytes += bytes;
    const senderWaits = options.senderWaits === true || (this.#crowded && options.canWait !== false);
    const sent = this.#emit(arrivals, { ...options, senderWaits })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#bytes -= bytes;
        this.#pending.delete(sent);
        if (this.#crowded && this.#failure === undefined) return;
        this.#room?.resolve();
        this.#room = undefined;
      });
    this.#pending.add(sent);
  }

  /** Resolves when the window is not full. @throws what `emit` threw, as it does when the input is being stopped */
  async room(): Promise<void> {
    for (this.throwIfFailed(); this.full; this.throwIfFailed()) {
      this.#room ??= Promise.withResolvers<void>();
      await this.#room.promise;
    }
  }

  /**
   * Has what was sent synced at once; resolves when all of it is durable, or the stop of the input has refused it.
   * @throws what else `emit` threw
   */
  async settled(signal: AbortSignal): Promise<void> {
    if (this.#pending.size > 0) await this.#emit([], { senderWaits: true }).catch(() => undefined);
    await Promise.all(this.#pending);
    if (!signal.aborted) this.throwIfFailed();
  }

  get #crowded(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  /** @throws what `emit` threw */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
