import type { Journal } from "../journal/index.ts";

interface Need {
  readonly required: boolean;
  readonly offset: number;
}

/** Tells the journal what the outputs still need, by their cursors on disk: a cursor moves before its segment goes. */
export class Retention {
  readonly #journal: Journal;
  readonly #outputs = new Map<string, Need>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** An output that reads the journal from `offset` on. */
  add(output: string, required: boolean, offset: number): void {
    this.#outputs.set(output, { required, offset });
    this.#tell();
  }

  /** The cursor of an output is on disk at `offset`. */
  moved(output: string, offset: number): void {
    this.#change(output, { offset });
  }

  /** Whether an output holds the journal when it is full. */
  require(output: string, required: boolean): void {
    this.#change(output, { required });
  }

  /** An output that is no longer in the plan holds nothing. */
  remove(output: string): void {
    this.#outputs.delete(output);
    this.#tell();
  }

  #change(output: string, change: Partial<Need>): void {
    const known = this.#outputs.get(output);
    if (known === undefined) return;
    this.#outputs.set(output, { ...known, ...change });
    this.#tell();
  }

  #tell(): void {
    const all = [...this.#outputs.values()];
    // Without any output readings stay until one is added.
    if (all.length === 0) return this.#journal.setDelivered(0, 0);
    const lowest = (some: typeof all) => Math.min(this.#journal.end, ...some.map(({ offset }) => offset));
    this.#journal.setDelivered(lowest(all.filter(({ required }) => required)), lowest(all));
  }
}
