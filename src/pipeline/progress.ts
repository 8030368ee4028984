import type { ChainState } from "./chain.ts";

const SAVE_EVERY_MS = 60_000;
/** About a segment. */
const SAVE_EVERY_BYTES = 8 * 2 ** 20;

/** What is kept of an outlet on disk: everything before `offset` is delivered. */
export interface SavedProgress {
  readonly offset: number;
  /** What the chain remembered once it had read everything before its own offset, which is not beyond the cursor. */
  readonly state?: { readonly offset: number; readonly steps: ChainState } | undefined;
}

interface Flight {
  readonly upTo: number;
  readonly bytes: number;
  done: boolean;
}

export interface ProgressOptions {
  readonly saved: SavedProgress;
  readonly save: (progress: SavedProgress) => Promise<void>;
  /** The chain's memory, asked for at the place up to which it has read; undefined for one that remembers nothing. */
  readonly snapshot: (() => { readonly offset: number; readonly steps: ChainState }) | undefined;
  /** The cursor on disk has moved: what is below may go. */
  readonly onSaved: (offset: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The cursor of one outlet: the lowest batch that is not finished, saved about once a minute or a segment. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #flights: Flight[] = [];
  #cursor: number;
  #state: SavedProgress["state"];
  #nextState: SavedProgress["state"];
  #unsavedBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#cursor = options.saved.offset;
    this.#state = options.saved.state;
  }

  /** Everything before it is delivered or rejected. */
  get cursor(): number {
    return this.#cursor;
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

  /** Saves the cursor as it stands, with the chain's memory when that has been delivered. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unsavedBytes = 0;
    const offset = this.#cursor;
    if (this.#nextState !== undefined && this.#nextState.offset <= offset) {
      this.#state = this.#nextState;
      this.#nextState = undefined;
    }
    await this.#options.save({ offset, ...(this.#state === undefined ? {} : { state: this.#state }) });
    this.#options.onSaved(offset);
  }

  /** Saves a last time. */
  async close(): Promise<void> {
    this.#nextState = this.#options.snapshot?.();
    await this.save();
  }

  #advance(): void {
    const before = this.#cursor;
    while (this.#flights[0]?.done === true) {
      const flight = this.#flights.shift();
      if (flight === undefined) break;
      this.#cursor = flight.upTo;
      this.#unsavedBytes += flight.bytes;
    }
    if (this.#cursor === before) return;
    if (this.#unsavedBytes >= SAVE_EVERY_BYTES) this.#saveSoon();
    else this.#timer ??= setTimeout(() => this.#saveSoon(), SAVE_EVERY_MS);
  }

  #saveSoon(): void {
    this.#nextState ??= this.#options.snapshot?.();
    this.save().catch(this.#options.onFailure);
  }
}
