import type { Journal } from "../journal/index.ts";

/** Tells the journal what the outputs still need, by their cursors on disk: a cursor moves before its segment goes. */
export class Retention {
  readonly #journal: Journal;
  readonly #outputs = new Map<string, { readonly required: boolean; readonly offset: number }>();

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
    const known = this.#outputs.get(output);
    if (known === undefined) return;
    this.#outputs.set(output, { ...known, offset });
    this.#tell();
  }

  #tell(): void {
    const all = [...this.#outputs.values()];
    const lowest = (some: typeof all) => Math.min(this.#journal.end, ...some.map(({ offset }) => offset));
    this.#journal.setDelivered(lowest(all.filter(({ required }) => required)), lowest(all));
  }
}
