import { setTimeout as sleep } from "node:timers/promises";

const DAY_MS = 86_400_000;
/** The part of the day's bytes that is kept for live data while a backlog is delivered beside it. */
const LIVE_PART = 1 / 4;
/** What a kill may forget of what was sent. */
const UNSAVED_PART = 1 / 100;
/** What headers may add to a write. */
const HEADERS = 1_024;
/** How often the clock is looked at while a write waits for the next day: it may be set meanwhile. */
const LOOK_EVERY_MS = 1_000;
/** No batch is larger than this part of the day's bytes, so that little of them is left over. */
const BATCH_PART = 1 / 16;

/** What was sent on one day. */
export interface Sent {
  /** Days since 1970, by UTC. */
  readonly day: number;
  readonly bytes: number;
}

export interface AllowanceOptions {
  readonly bytesPerDay: number;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Writes wait for the next day; told once. */
  readonly onUsedUp: (share: Share) => void;
  /** They need not wait any more. */
  readonly onRefilled: () => void;
}

/** `backlog` leaves a part of the day's bytes to live data. */
export type Share = "all" | "backlog";

/** The bytes that an output may send on one day of UTC. */
export class Allowance {
  readonly #options: AllowanceOptions;
  #day: number;
  #bytes = 0;
  #savedBytes = 0;
  /** What is about to be sent, and may turn out smaller. */
  #held = 0;
  #told: Share | undefined;
  #onUnsaved: () => void = () => undefined;

  constructor(options: AllowanceOptions) {
    this.#options = options;
    this.#day = dayOf(options.now());
  }

  /** Goes on from what was kept, before anything is sent. */
  restore(saved: Sent | undefined): void {
    this.#day = saved?.day ?? this.#day;
    this.#bytes = saved?.bytes ?? 0;
    this.#savedBytes = this.#bytes;
  }

  /** What was sent today, to be kept over a restart. */
  get sent(): Sent {
    this.#turnDay();
    return { day: this.#day, bytes: this.#bytes };
  }

  /** Whether all of the day's bytes are used up. */
  get usedUp(): boolean {
    this.#turnDay();
    return this.#told === "all";
  }

  /** Whether anything waits for the next day: live data, or a backlog alone. */
  get waits(): boolean {
    this.#turnDay();
    return this.#told !== undefined;
  }

  /** The most bytes of a batch. */
  get maxBatch(): number {
    return Math.max(1, Math.floor(this.#options.bytesPerDay * BATCH_PART));
  }

  /** Calls back when more was sent than may be forgotten. */
  onUnsaved(call: () => void): void {
    this.#onUnsaved = call;
  }

  /** What it says now is being kept. */
  saving(): void {
    this.#savedBytes = this.#bytes;
  }

  /** Whether points of so many bytes may be sent now. A write larger than the whole share is the day's only one. */
  allows(bytes: number, share: Share = "all"): boolean {
    this.#turnDay();
    if (this.#fits(bytes, share)) return true;
    this.#tell(this.#fits(bytes, "all") ? "backlog" : "all");
    return false;
  }

  #fits(bytes: number, share: Share): boolean {
    const used = this.#bytes + this.#held;
    const most = this.#options.bytesPerDay * (share === "all" ? 1 : 1 - LIVE_PART);
    return used === 0 || used + bytes + HEADERS <= most;
  }

  #tell(share: Share): void {
    if (this.#told === "all" || this.#told === share) return;
    this.#told = share;
    this.#options.onUsedUp(share);
  }

  /**
   * Waits until a write of so many bytes is allowed, and sets them aside; call what it gives when the write has ended.
   * @throws the signal's reason when aborted
   */
  async take(bytes: number, signal: AbortSignal): Promise<() => void> {
    while (!this.allows(bytes)) {
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
    this.#held += bytes;
    return () => void (this.#held -= bytes);
  }

  /** So many bytes went to the sink. */
  spend(bytes: number): void {
    this.#turnDay();
    this.#bytes += bytes;
    if (this.#bytes - this.#savedBytes >= this.#options.bytesPerDay * UNSAVED_PART) this.#onUnsaved();
  }

  /** A later day begins with nothing sent. When the clock goes back to an earlier one, what was sent counts on that. */
  #turnDay(): void {
    const day = dayOf(this.#options.now());
    if (day === this.#day) return;
    if (day > this.#day) {
      this.#bytes = 0;
      this.#savedBytes = 0;
      if (this.#told !== undefined) this.#options.onRefilled();
      this.#told = undefined;
    }
    this.#day = day;
  }
}

function dayOf(millis: number): number {
  return Math.floor(millis / DAY_MS);
}
