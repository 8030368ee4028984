import type { Journal } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";
import type { Output, WriteError } from "../plugin/index.ts";
import type { Chain } from "./chain.ts";
import { Delivery } from "./delivery.ts";
import { encodePoints, refusedReject } from "./encode.ts";
import { EncodedPoints } from "./encoded-points.ts";
import type { Item } from "./item.ts";
import { rejectedReadings } from "./rejected-readings.ts";
import type { Reject } from "./reject.ts";
import type { RejectEntry, RejectStore } from "./reject-store.ts";

export interface RetriesOptions {
  readonly journal: Pick<Journal, "read">;
  readonly store: RejectStore;
  /** A chain of the configuration in force that remembers nothing. */
  readonly makeChain: () => Chain;
  readonly output: Output;
  /** Whether the output wants an input's readings. */
  readonly wants: (input: string) => boolean;
  readonly batch: { readonly maxPoints: number; readonly maxBytes: number };
  readonly writeTimeoutMs: number;
  /** How long the sink may take for the points of one block of the journal. */
  readonly patienceMs: number;
  /** Points by which the sink shows that it does not refuse everything. */
  readonly peers: () => readonly Item[];
  /** Resolves once the rejects are durable. */
  readonly reject: (rejects: readonly Reject[]) => Promise<void>;
  readonly onAttempt: (error: WriteError) => void;
  readonly onDelivered: (points: number) => void;
}

/** What came of one entry. */
export interface Retried {
  readonly readings: number;
  /** Points that the sink took. */
  readonly delivered: number;
  /** Rejects that came of it anew, in other entries. */
  readonly rejected: number;
  /** Why the entry is still there; undefined when it is gone. */
  readonly kept?: string | undefined;
  /** What to know about the points. */
  readonly note?: string | undefined;
}

const WINDOWS =
  "windows are made of them, and these readings alone would make other windows of the same time; have a new output begin before them (start: TIME), then drop the entry";

const NO_MEMORY =
  "its steps remembered nothing: a point that depends on readings before it, such as a rate, is as after a first start";

/** Runs the readings of one output's rejects once more, an entry at a time. An entry goes when that is done with all of them. */
export class Retries {
  readonly #options: RetriesOptions;
  readonly #stop = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RetriesOptions) {
    this.#options = options;
  }

  /** Retries one entry; undefined when there is none of that id. @throws the signal's reason when aborted */
  async retry(id: number, signal: AbortSignal): Promise<Retried | undefined> {
    const both = AbortSignal.any([signal, this.#stop.signal]);
    const mine = this.#turn.then(() => this.#retry(id, both));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Ends what runs; its entry is kept. */
  async close(): Promise<void> {
    this.#stop.abort(new Error("the agent stops: the entry is kept"));
    await this.#turn;
  }

  async #retry(id: number, signal: AbortSignal): Promise<Retried | undefined> {
    signal.throwIfAborted();
    const { store } = this.#options;
    const entry = await store.detach(id);
    if (entry === undefined) return undefined;
    const retried = await this.#rerun(entry, signal);
    if (retried.kept === undefined) await store.drop([id]);
    return retried;
  }

  async #rerun(entry: RejectEntry, signal: AbortSignal): Promise<Retried> {
    const chain = this.#options.makeChain();
    const sum = { readings: 0, delivered: 0, rejected: 0 };
    if (chain.isTimedFor(entry.input)) return { ...sum, kept: WINDOWS };
    // Each end of a range is the offset of a reject: when all ends are there, nothing was cut off.
    const missing = new Set(entry.ranges.flat());
    for await (const readings of rejectedReadings(this.#options.journal, entry, signal)) {
      for (const { offset } of readings) missing.delete(offset);
      sum.readings += readings.length;
      const outcome = await this.#deliver(readings, chain, signal);
      if (typeof outcome === "string") return { ...sum, kept: outcome };
      sum.delivered += outcome.delivered;
      sum.rejected += outcome.rejected;
    }
    const all = sum.delivered > 0 && chain.remembersOf(entry.input) ? { ...sum, note: NO_MEMORY } : sum;
    if (missing.size === 0) return all;
    const which = sum.readings === 0 ? "its readings are" : "some of its readings are";
    return { ...all, kept: `${which} no longer in the journal` };
  }

  /** What came of some readings, or why the sink did not take them. */
  async #deliver(readings: readonly Reading[], chain: Chain, signal: AbortSignal) {
    const { output, wants, reject, onDelivered } = this.#options;
    const processed = chain.run(readings.filter(({ input }) => wants(input)));
    const points = new EncodedPoints();
    const rejects = encodePoints(output, processed.points, readings, points);
    const refusals = await this.#write(points, signal);
    if (typeof refusals === "string") return refusals;
    const refused = refusals.map((refusal) =>
      refusedReject(
        refusal,
        readings.find(({ offset }) => offset === refusal.item.offset),
      ),
    );
    const failed = [...processed.rejects, ...rejects, ...refused];
    await reject(failed);
    const delivered = points.length - refusals.length;
    onDelivered(delivered);
    return { delivered, rejected: failed.length };
  }

  /** The refused ones once all others are taken, or why the sink did not take them in time. */
  async #write(points: EncodedPoints, signal: AbortSignal) {
    if (points.length === 0) return [];
    const { output, batch, writeTimeoutMs, patienceMs, peers, onAttempt } = this.#options;
    let trouble = "it does not answer";
    const attempted = (error: WriteError) => {
      trouble = error.message;
      onAttempt(error);
    };
    const delivery = new Delivery({
      output,
      ...batch,
      timeoutMs: writeTimeoutMs,
      peers,
      onAttempt: attempted,
      onTaken: () => undefined,
      onTrouble: () => undefined,
    });
    const limit = AbortSignal.timeout(patienceMs);
    try {
      return await delivery.deliver(points, AbortSignal.any([signal, limit]));
    } catch {
      signal.throwIfAborted();
      return `the store did not take them: ${trouble}`;
    }
  }
}
