import { Backoff } from "./backoff.ts";
import type { ChainState } from "./chain-state.ts";

const SAVE_EVERY_MS = 60_000;

/** What a chain remembered once it had read everything before an offset. */
export interface Snapshot {
  readonly offset: number;
  readonly steps: ChainState;
}

/** What is kept of an outlet on disk: everything before `offset` is delivered. */
export interface SavedProgress {
  readonly offset: number;
  /** Its offset is not beyond the cursor. */
  readonly state?: Snapshot | undefined;
}

interface Flight {
  readonly upTo: number;
  readonly bytes: number;
  done: boolean;
}

export interface ProgressOptions {
  readonly saved: SavedProgress;
  readonly save: (progress: SavedProgress) => Promise<void>;
  /** After so many bytes of the journal the cursor is saved without waiting for its minute. */
  readonly saveEveryBytes: number;
  /**
   * The chain's memory, asked for at the place up to which it has read; it says undefined while the chain does not yet
   * remember what it has to. Left out for one that remembers nothing.
   */
  readonly snapshot: (() => Snapshot | undefined) | undefined;
  /** What is on disk has moved: what is below may go. */
  readonly onSaved: (needed: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The cursor of one outlet: the lowest batch that is not finished, saved about once a minute or a segment. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #flights: Flight[] = [];
  readonly #backoff = new Backoff();
  #cursor: number;
  #needed: number;
  #state: SavedProgress["state"];
  #nextState: SavedProgress["state"];
  #unsavedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#cursor = options.saved.offset;
    this.#state = options.snapshot === undefined ? undefined : options.saved.state;
    this.#needed = neededBy({ offset: this.#cursor, state: this.#state });
  }

  /** Everything before it is delivered or rejected. */
  get cursor(): number {
    return this.#cursor;
  }

  /** What was saved last or, where that failed, would have been. */
  get saved(): SavedProgress {
    return { offset: this.#cursor, ...(this.#state === undefined ? {} : { state: this.#state }) };
  }

  /** Nothing before it is read again after a restart from what is on disk. */
  get needed(): number {
    return this.#needed;
  }

  /** Everything before it is delivered, rejected or on its way. */
  get begun(): number {
    return this.#flights.at(-1)?.upTo ?? this.#cursor;
  }

  /** A batch is on its way; call what it returns when it is delivered and its rejects are durable. */
  begin(upTo: number, bytes: number): () => void {
    const flight: Flight = { upTo, bytes, done: false };
    this.#flights.push(flight);
    return () => {
      flight.done = true;
      this.#advance();
    };
  }

  /** The chain remembers what came before the cursor only now: that is saved at once, so that it need not be found out again. */
  warmed(): void {
    this.#state = this.#options.snapshot?.();
    void this.#saveSoon();
  }

  /** Saves a last time. */
  async close(): Promise<void> {
    this.#closed = true;
    const last = this.#options.snapshot?.();
    if (last !== undefined && last.offset <= this.#cursor) this.#nextState = last;
    await this.#save();
  }

  #advance(): void {
    const before = this.#cursor;
    while (this.#flights[0]?.done === true) {
      const flight = this.#flights.shift();
      if (flight === undefined) break;
      this.#cursor = flight.upTo;
      this.#unsavedBytes += flight.bytes;
    }
    if (this.#cursor === before || this.#closed) return;
    if (this.#unsavedBytes >= this.#options.saveEveryBytes) void this.#saveSoon();
    else this.#timer ??= setTimeout(() => void this.#saveSoon(), SAVE_EVERY_MS);
  }

  async #saveSoon(): Promise<void> {
    try {
      this.#nextState ??= this.#options.snapshot?.();
      await this.#save();
      this.#backoff.reset();
    } catch (error) {
      this.#options.onFailure(error);
      if (!this.#closed) this.#timer ??= setTimeout(() => void this.#saveSoon(), this.#backoff.next());
    }
  }

  /** Saves the cursor as it stands, with the chain's memory when that has been delivered. */
  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unsavedBytes = 0;
    if (this.#nextState !== undefined && this.#nextState.offset <= this.#cursor) {
      this.#state = this.#nextState;
      this.#nextState = undefined;
    }
    const { saved } = this;
    await this.#options.save(saved);
    this.#needed = Math.max(this.#needed, neededBy(saved));
    this.#options.onSaved(this.#needed);
  }
}

/** The chain's memory may be older than the cursor: what lies between is read again, silently. */
function neededBy({ offset, state }: SavedProgress): number {
  return Math.min(offset, state?.offset ?? offset);
}
