import type { Allowance, Sent } from "./allowance.ts";
import { Backoff } from "./backoff.ts";
import type { ChainState } from "./chain-state.ts";
import { fewSpans, gapsOf, type Span, withSpan } from "./spans.ts";

const SAVE_EVERY_MS = 60_000;

/** What a chain remembered once it had read everything before an offset. */
export interface Snapshot {
  readonly offset: number;
  readonly steps: ChainState;
}

/** What is kept of an outlet on disk: everything before `offset` is delivered. */
export interface SavedProgress {
  readonly offset: number;
  /** What is delivered beyond `offset`: in order, apart, and few. */
  readonly delivered?: readonly Span[] | undefined;
  /** Its offset is not beyond the cursor. */
  readonly state?: Snapshot | undefined;
  /** What was sent of the day's bytes. */
  readonly sent?: Sent | undefined;
}

/** A batch on its way. */
export interface Passage {
  /** It is delivered, and its rejects are durable. */
  arrived(): void;
  /** Nothing of it was taken: it is as if it had not left. */
  returned(): void;
}

export interface ProgressOptions {
  readonly saved: SavedProgress;
  readonly save: (progress: SavedProgress) => Promise<void>;
  /** After so many bytes of the journal the cursor is saved without waiting for its minute. */
  readonly saveEveryBytes: number;
  /** Whether the journal waits for room that a saved cursor may give it. */
  readonly hurries?: () => boolean;
  /**
   * The chain's memory, asked for at the place up to which it has read; it says undefined while the chain does not yet
   * remember what it has to. Left out for one that remembers nothing.
   */
  readonly snapshot: (() => Snapshot | undefined) | undefined;
  /** What was sent is saved with the cursor. */
  readonly allowance: Allowance | undefined;
  /** What is on disk has moved: what is below may go. */
  readonly onSaved: (needed: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** What one outlet has delivered: the cursor, and spans beyond it; saved about once a minute or a segment. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #backoff = new Backoff();
  readonly #leaving = new Set<Span>();
  #delivered: readonly Span[];
  #cursor: number;
  #needed: number;
  #state: SavedProgress["state"];
  #nextState: SavedProgress["state"];
  #unsavedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ProgressOptions) {
    const { saved, snapshot, allowance } = options;
    this.#options = options;
    this.#cursor = saved.offset;
    this.#delivered = saved.delivered ?? [];
    this.#state = snapshot === undefined ? undefined : saved.state;
    this.#needed = neededBy({ offset: this.#cursor, state: this.#state });
    allowance?.onUnsaved(() => void this.#saveSoon());
  }

  /** Everything before it is delivered or rejected. */
  get cursor(): number {
    return this.#cursor;
  }

  /** What was saved last or, where that failed, would have been. */
  get saved(): SavedProgress {
    const { allowance } = this.#options;
    return {
      offset: this.#cursor,
      ...(this.#delivered.length === 0 ? {} : { delivered: this.#delivered }),
      ...(this.#state === undefined ? {} : { state: this.#state }),
      ...(allowance === undefined ? {} : { sent: allowance.sent }),
    };
  }

  /** Nothing before it is read again after a restart from what is on disk. */
  get needed(): number {
    return this.#needed;
  }

  /** How many of the entries before `end` are neither delivered nor rejected. */
  lag(end: number): number {
    return gapsOf(this.#delivered, this.#cursor, end).reduce((sum, [from, to]) => sum + to - from, 0);
  }

  /** What lies before `end` and is neither delivered nor on its way. */
  open(end: number): readonly Span[] {
    const begun = [...this.#leaving].reduce(withSpan, this.#delivered);
    return gapsOf(begun, this.#cursor, end);
  }

  /** What the journal has no longer needs no delivery. */
  pass(begin: number): void {
    if (begin > this.#cursor) this.#mark([this.#cursor, begin], 0);
  }

  /** A batch of these offsets is on its way, made of so many bytes of the journal. */
  begin(span: Span, bytes: number): Passage {
    this.#leaving.add(span);
    return {
      arrived: () => {
        this.#leaving.delete(span);
        this.#mark(span, bytes);
      },
      returned: () => void this.#leaving.delete(span),
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

  #mark(span: Span, bytes: number): void {
    this.#delivered = withSpan(this.#delivered, span);
    const [first] = this.#delivered;
    if (first !== undefined && first[0] <= this.#cursor) {
      this.#cursor = Math.max(this.#cursor, first[1]);
      this.#delivered = this.#delivered.slice(1);
    }
    this.#delivered = fewSpans(this.#delivered);
    this.#unsavedBytes += bytes;
    if (this.#closed) return;
    const { saveEveryBytes, hurries } = this.#options;
    if (this.#unsavedBytes >= saveEveryBytes || hurries?.() === true) void this.#saveSoon();
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

  /** Saves how far it has come, with the chain's memory when that has been delivered. */
  async #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unsavedBytes = 0;
    if (this.#nextState !== undefined && this.#nextState.offset <= this.#cursor) {
      this.#state = this.#nextState;
      this.#nextState = undefined;
    }
    const { saved } = this;
    this.#options.allowance?.saving();
    await this.#options.save(saved);
    this.#needed = Math.max(this.#needed, neededBy(saved));
    this.#options.onSaved(this.#needed);
  }
}

/** The chain's memory may be older than the cursor: what lies between is read again, silently. */
function neededBy({ offset, state }: SavedProgress): number {
  return Math.min(offset, state?.offset ?? offset);
}
