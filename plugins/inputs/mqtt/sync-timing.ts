import type { Pace } from "./pace.ts";

/** No message for so long: the broker has no more, or waits. */
const PAUSE_MS = 1;
/** The longest that a sync is put off for which the broker waits. */
const LONGEST_MS = 5;

/**
 * Decides when the journal is asked to sync because a broker waits. One sync costs the same for one message as for a
 * whole window, and while it lasts a broker that waits sends nothing: so it is put off a little, until the window has
 * come. See docs/decisions/0015-syncs-for-whole-windows.md.
 */
export class SyncTiming {
  readonly #pace: Pace;
  readonly #ask: () => void;
  /** A sync was asked for, and the acknowledgements that it lets go have not left. */
  #asked = false;
  /** Since when a sync is put off, and when the last messages came, in milliseconds of performance.now(). */
  #since: number | undefined;
  #arrivedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param ask has what was emitted synced, when no message comes with which that could be said */
  constructor(pace: Pace, ask: () => void) {
    this.#pace = pace;
    this.#ask = ask;
  }

  /** Messages came at `now`, in milliseconds of performance.now(). Returns whether they are to be synced at once. */
  arrived(now: number): boolean {
    this.#arrivedAt = now;
    if (this.#asked || !this.#pace.senderWaits) return false;
    if (this.#pace.windowIsFull) return this.#decide();
    this.#putOff(now);
    return false;
  }

  /** Acknowledgements left at `now`. What came since the sync began waits for the messages that they bring. */
  acknowledged(now: number): void {
    this.#asked = false;
    this.#since = undefined;
    if (this.#pace.senderWaits) this.#putOff(now);
  }

  /** A sync is under way, or will be without this. */
  #decide(): true {
    this.#asked = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return true;
  }

  #putOff(now: number): void {
    this.#since ??= now;
    // Timers come before sockets are read: what has come already is to be seen.
    this.#timer ??= setTimeout(() => setImmediate(() => this.#look()), PAUSE_MS);
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#asked || !this.#pace.senderWaits) return;
    const now = performance.now();
    const since = this.#since ?? now;
    if (now - this.#arrivedAt < PAUSE_MS && now - since < LONGEST_MS) return this.#putOff(now);
    this.#decide();
    this.#ask();
  }
}
