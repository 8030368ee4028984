import { setTimeout as sleep } from "node:timers/promises";

const FIRST_MS = 250;
const CEILING_MS = 30_000;
/** The longest a sink may ask to be left alone. */
const RETRY_AFTER_CEILING_MS = 300_000;

/** Waits between attempts: exponential, with jitter, bounded, for ever. */
export class Backoff {
  readonly #ceilingMs: number;
  #attempts = 0;

  constructor(ceilingMs = CEILING_MS) {
    this.#ceilingMs = ceilingMs;
  }

  /** How long the next wait is, in milliseconds: half of it certain, half of it chance. */
  next(): number {
    const full = Math.min(this.#ceilingMs, FIRST_MS * 2 ** Math.min(this.#attempts, 20));
    this.#attempts += 1;
    return full / 2 + (Math.random() * full) / 2;
  }

  /** How long the next wait is when the sink asked for one, in milliseconds. */
  nextAfter(retryAfterMs = 0): number {
    // What a plugin made of a header may be no number.
    const asked = Number.isFinite(retryAfterMs) ? Math.min(retryAfterMs, RETRY_AFTER_CEILING_MS) : 0;
    return Math.max(this.next(), asked);
  }

  /** Waits, at least as long as the sink asked for. @throws the signal's reason when aborted */
  async wait(signal: AbortSignal, retryAfterMs = 0): Promise<void> {
    await sleep(this.nextAfter(retryAfterMs), undefined, { signal });
  }

  /** It worked: start again from the shortest wait. */
  reset(): void {
    this.#attempts = 0;
  }
}
