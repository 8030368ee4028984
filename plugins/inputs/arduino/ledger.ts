import type { Banner, Reading } from "fieldline/plugin";
import { type LinkCounts, noCounts } from "./link-counts.ts";
import { ofThisRun, SequenceLog } from "./sequence.ts";

/** Boards and epochs of which the sequence is known. */
const MOST_SEQUENCES = 8;

/** What an input knows of the readings of its boards; an input that takes over from another goes on with it. */
export class Ledger {
  readonly counts: LinkCounts = noCounts();
  readonly #sequences = new Map<string, SequenceLog>();

  /**
   * The sequence that a banner's board goes on with, or begins.
   * @param recent the latest readings in the journal
   */
  sequenceOf({ id = "", epoch, next, held }: Banner, recent: readonly Reading[]): SequenceLog {
    const key = `${id} ${epoch}`;
    const known = this.#sequences.get(key);
    // Where the board gives a number again, power was lost while it counted its epochs.
    const log = known === undefined || known.isPast(next) ? this.#begin(id, epoch, next, recent) : known;
    this.#sequences.set(key, log);
    log.announced(next, held);
    return log;
  }

  #begin(id: string, epoch: number, next: number, recent: readonly Reading[]): SequenceLog {
    const stored = recent.flatMap(({ attributes = {} }) =>
      attributes["board"] === id && attributes["epoch"] === String(epoch) ? [Number(attributes["sequence"])] : [],
    );
    const log = new SequenceLog(ofThisRun(stored, next));
    // Of what a board has not sent whole before it lost its memory nothing can come any more.
    for (const [other, before] of this.#sequences)
      if (other.startsWith(`${id} `)) {
        before.giveUp();
        log.lost(before.takeLost());
      }
    if (this.#sequences.size === MOST_SEQUENCES) this.#sequences.clear();
    return log;
  }
}
