import { setTimeout as sleep } from "node:timers/promises";
import type { Arrival } from "../model/index.ts";

/** The most channels whose period is remembered; beyond, all begin anew. As many may have a reading held. */
const MAX_CHANNELS = 100_000;

/** `due`: it passes. `left`: a newer one of its channel came before its period had ended. */
export type Fate = "due" | "left";

interface Pending {
  readonly settle: (fate: Fate) => void;
  readonly release: () => void;
}

/** Lets one reading of each channel through in each period: the first at once, then the last one at the period's end. */
export class Thinner {
  readonly #everyMs: number;
  readonly #passed = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** What becomes of a reading: a promise when that has to be seen. A stop has all that are held pass. */
  take({ channel }: Arrival, signal: AbortSignal): "due" | Promise<Fate> {
    const now = performance.now();
    const due = (this.#passed.get(channel) ?? -Infinity) + this.#everyMs;
    const waiting = this.#pending.get(channel);
    if (waiting === undefined && (now >= due || this.#pending.size >= MAX_CHANNELS)) {
      this.#mark(channel, now);
      return "due";
    }
    waiting?.settle("left");
    const { promise, resolve } = Promise.withResolvers<Fate>();
    const release = waiting?.release ?? this.#releaseAfter(channel, due - now, signal);
    this.#pending.set(channel, { settle: resolve, release });
    return promise;
  }

  /** Has all that are held pass now. */
  flush(): void {
    for (const { release } of this.#pending.values()) release();
  }

  /** Has the reading that is held then pass after so long, at the stop, or when the returned function is called. */
  #releaseAfter(channel: string, waitMs: number, signal: AbortSignal): () => void {
    const early = new AbortController();
    const release = () => {
      early.abort();
      const pending = this.#pending.get(channel);
      if (pending?.release !== release) return;
      this.#pending.delete(channel);
      this.#mark(channel, performance.now());
      pending.settle("due");
    };
    void sleep(waitMs, undefined, { signal: AbortSignal.any([signal, early.signal]) }).then(release, release);
    return release;
  }

  #mark(channel: string, now: number): void {
    if (this.#passed.size >= MAX_CHANNELS) this.#passed.clear();
    this.#passed.set(channel, now);
  }
}
