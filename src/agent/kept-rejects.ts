import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Block,
  type FileLayer,
  type Journal,
  type Loss,
  nodeFiles,
  NOTHING_TO_SPARE,
  type RemovedSegment,
  type Spare,
} from "../journal/index.ts";
import { type LostCopies, namedBy, ReadingCopies, type RejectEntry, RejectStore } from "../pipeline/index.ts";
import { type DataDirectory, outputsWithRejects, rejectsFile } from "./data-directory.ts";

/** So long a segment waits at most for its rejected readings to be copied: senders may wait for the room. */
const LONGEST_COPY_MS = 30_000;

/** A journal as far as rejects need it. */
type Source = Pick<Journal, "begin" | "read">;

/**
 * The rejects of all outputs of a data directory, also of those that the configuration has no longer, and the copies
 * of their readings that the journal has let go.
 */
export class KeptRejects {
  /** Asked for room when the disk is full. */
  spare: Spare = NOTHING_TO_SPARE;
  readonly #directory: DataDirectory;
  readonly #copies: ReadingCopies;
  readonly #stores = new Map<string, Promise<RejectStore>>();

  /**
   * @param files what the copies are written with
   * @param onLoss readings that rejects name are gone for good
   */
  static async open(
    directory: DataDirectory,
    files: FileLayer = nodeFiles,
    onLoss: (loss: Loss) => void = () => undefined,
  ): Promise<KeptRejects> {
    const copies = await ReadingCopies.open({
      directory: join(directory.rejects, "readings"),
      files,
      onLost: (lost) => onLoss(lossOf(lost)),
    });
    return new KeptRejects(directory, copies);
  }

  private constructor(directory: DataDirectory, copies: ReadingCopies) {
    this.#directory = directory;
    this.#copies = copies;
  }

  /** What the copies take on disk, in bytes. */
  get copiedBytes(): number {
    return this.#copies.bytes;
  }

  /** The outputs of which rejects were kept. */
  outputs(): Promise<readonly string[]> {
    return outputsWithRejects(this.#directory);
  }

  /** The store of one output: always the same, so that there are never two of one file. */
  storeOf(output: string): Promise<RejectStore> {
    const known = this.#stores.get(output);
    if (known !== undefined) return known;
    const onDropped = (dropped: readonly RejectEntry[]) => this.#forget(dropped);
    const opened = RejectStore.open(rejectsFile(this.#directory, output), onDropped, () => this.spare());
    this.#stores.set(output, opened);
    // What cannot be opened now may be another time.
    opened.catch(() => this.#stores.delete(output));
    return opened;
  }

  /** Gives the rejects of one output to another, which has none; resolves once that is durable. Neither runs. */
  async rename(output: string, to: string): Promise<void> {
    await nodeFiles.rename(rejectsFile(this.#directory, output), rejectsFile(this.#directory, to));
    await nodeFiles.syncDirectory(this.#directory.rejects);
    this.#stores.delete(output);
    this.#stores.delete(to);
  }

  /** For the journal: copies what open rejects name of a segment that goes. */
  async beforeRemoval(removed: RemovedSegment): Promise<void> {
    const { first, end } = removed;
    const kept = this.#copies.keep(removed, async () => {
      const entries = await this.#entries();
      const near = entries.filter((entry) => entry.first < end && entry.last >= first);
      return near.length === 0 ? undefined : namedBy(near);
    });
    await Promise.race([kept, sleep(LONGEST_COPY_MS, undefined, { ref: false })]);
  }

  /** The journal, and before its begin the copies. */
  over(journal: Source): Pick<Journal, "read"> {
    const read = async (from: number, maxBytes: number, signal?: AbortSignal): Promise<Block> => {
      for (;;) {
        const { begin } = journal;
        const copied = from < begin ? await this.#copies.read(from, begin, maxBytes) : undefined;
        if (copied !== undefined) return copied;
        const block = await journal.read(Math.max(from, begin), maxBytes, signal);
        // Else what was asked for went meanwhile: there may be copies now.
        if (journal.begin === begin) return block;
      }
    };
    return { read };
  }

  /** Forgets copies that no entry names any more, which a crash may have left behind. */
  async tidy(): Promise<void> {
    await this.#copies.prune(0, Infinity, async () => namedBy(await this.#entries()));
  }

  /** Call it when the journal is closed. */
  async close(): Promise<void> {
    await this.#copies.close();
  }

  async #entries(): Promise<readonly RejectEntry[]> {
    const stores = await Promise.all((await this.outputs()).map((output) => this.storeOf(output)));
    return stores.flatMap(({ entries }) => entries);
  }

  async #forget(dropped: readonly RejectEntry[]): Promise<void> {
    let [first, last] = [Infinity, -1];
    for (const entry of dropped) [first, last] = [Math.min(first, entry.first), Math.max(last, entry.last)];
    await this.#copies.prune(first, last, async () => namedBy(await this.#entries()));
  }
}

function lossOf({ reason, count, fromOffset, toOffset, cause }: LostCopies): Loss {
  const what = `${count} readings that rejects name, offsets ${fromOffset} to ${toOffset - 1}, are gone and can be retried no more`;
  const why =
    reason === "reject_copies_full"
      ? "their copies made room for newer ones, since all of them may take 64 MiB; retry or drop rejects in time, see fieldline rejects list"
      : `they could not be copied before the journal let them go: ${cause instanceof Error ? cause.message : String(cause)}`;
  return { reason, count, fromOffset, toOffset, message: `${what}: ${why}` };
}
