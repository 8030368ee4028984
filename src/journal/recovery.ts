import type { Timestamp } from "../model/index.ts";
import type { Anchor } from "./anchor.ts";
import { chainOf, type Gap } from "./chain.ts";
import { anchorLoss, damageLoss, extraLoss, headerLoss, missingLoss, tornLoss } from "./damage-loss.ts";
import type { Entry } from "./entry.ts";
import type { FileLayer } from "./files.ts";
import { findSegment, type FoundSegment } from "./find-segment.ts";
import type { Loss } from "./loss.ts";
import type { OpenSegment } from "./open-segment.ts";
import { MIN_RECORD_BYTES } from "./record.ts";
import { type Damage, Scan } from "./scan.ts";
import { HEADER_BYTES, type SegmentEnd, type SegmentHeader } from "./segment-header.ts";
import { SegmentContents } from "./segment-contents.ts";
import { settleLengths, footerOf } from "./segment-lengths.ts";
import { firstOfName } from "./segment.ts";
import { timeAfter } from "./walk-segment.ts";

const WINDOW_BYTES = 1024 * 1024;

interface Walked {
  readonly scan: Scan;
  readonly damage: readonly Damage[];
  readonly contents: SegmentContents;
}

/**
 * Finds what a journal's directory holds and where writing goes on. The last two segments are checked to their end,
 * and the last is synced: only then is what a killed process left in the page cache durable. A last segment that is
 * damaged, or that a cut write left torn, is not written on: it is ended, and a new one begun. Of what can be read
 * nothing is touched.
 */
export class Recovery {
  readonly damage: Loss[] = [];
  segments: FoundSegment[] = [];
  /** The offset of the next entry. */
  next: number;
  /** The last segment, when it has no footer. */
  open: OpenSegment | undefined;
  /** That one is not gone on with. */
  ends = false;
  /** The end of the last segment, when it has a footer. */
  previous: SegmentEnd | undefined;
  /** How many entries were found by the check. */
  records = 0;
  clockSteps = 0;
  /** The first moment that no reading found occupies. */
  nextTime: Timestamp = { seconds: 0, nanos: 0 };
  /** When the last entry found was received or noted. */
  lastTime: Timestamp | undefined;
  /** How long the journal had been open in all when the last segment was begun, in milliseconds. */
  runningMs = 0;
  readonly #directory: string;
  readonly #files: FileLayer;
  readonly #anchor: Anchor;
  readonly #torn: FoundSegment[] = [];

  private constructor(directory: string, files: FileLayer, anchor: Anchor, atLeast: number) {
    this.#directory = directory;
    this.#files = files;
    this.#anchor = anchor;
    this.next = atLeast;
  }

  /**
   * @param atLeast no new entry gets an offset below this
   * @throws Error when another version of the program wrote the journal
   */
  static async run(directory: string, files: FileLayer, anchor: Anchor, atLeast: number): Promise<Recovery> {
    const recovery = new Recovery(directory, files, anchor, atLeast);
    await recovery.#find();
    await recovery.#checkBeforeLast();
    await recovery.#checkLast();
    return recovery;
  }

  async #find(): Promise<void> {
    const names = await this.#files.list(this.#directory);
    const firsts = names.map(firstOfName).filter((first) => first !== undefined);
    for (const first of firsts.toSorted((a, b) => a - b))
      this.segments.push(await findSegment(this.#files, this.#directory, first));
    await this.#removeEmpty();
    await this.#follow();
    this.#torn.push(...(await settleLengths(this.#files, this.segments)).map(({ segment }) => segment));
  }

  /** Leaves out what is not part of the journal, and tells what is missing. */
  async #follow(): Promise<void> {
    const { state, found } = this.#anchor;
    const { segments, extra, gaps } = chainOf(this.segments, state?.next);
    // A file of that name stays as it is.
    for (const each of extra) this.next = Math.max(this.next, each.first + 1);
    this.damage.push(...extra.map(extraLoss));
    for (const gap of gaps) this.damage.push(await this.#missing(gap));
    const first = segments[0]?.first;
    if (found === "damaged") this.damage.push(anchorLoss(this.#anchor.path, first ?? this.next));
    if (first === undefined && state !== undefined) {
      this.next = Math.max(this.next, state.next);
      this.damage.push(missingLoss(this.#directory, state.next, this.next));
    }
    this.segments = [...segments];
  }

  async #missing({ after, before }: Gap): Promise<Loss> {
    const known = after === undefined ? this.#anchor.state?.next : (await footerOf(this.#files, after))?.next;
    return missingLoss(this.#directory, known ?? before.header?.previous?.first ?? before.first, before.first);
  }

  /** A power cut may leave segments that were begun and hold nothing. */
  async #removeEmpty(): Promise<void> {
    for (let last = this.segments.at(-1); last !== undefined; last = this.segments.at(-1)) {
      if (last.length >= HEADER_BYTES) return;
      this.next = Math.max(this.next, last.first);
      await this.#files.remove(last.path);
      this.segments.pop();
    }
  }

  async #checkBeforeLast(): Promise<void> {
    const segment = this.segments.at(-2);
    const last = this.segments.at(-1);
    if (segment === undefined || last === undefined) return;
    const { damage } = await this.#walk(segment);
    this.damage.push(...damage.map((each) => damageLoss(segment, each, last.first)));
  }

  async #checkLast(): Promise<void> {
    const segment = this.segments.at(-1);
    if (segment === undefined) return;
    const { scan, damage, contents } = await this.#walk(segment);
    const { first, header } = segment;
    const { footer, lastChecksum, named, place } = scan;
    const end = Math.max(first + place.index, footer?.next ?? 0);
    const torn = damage.find((each) => each.toIndex === undefined);
    for (const each of damage) {
      this.damage.push(each === torn ? tornLoss(segment, each) : damageLoss(segment, each, undefined));
    }
    if (header === undefined && footer === undefined) this.damage.push(headerLoss(segment));
    this.ends = damage.length > 0 || header === undefined || end < this.next;
    // The bytes that cannot be read may have held entries that an output has read: their offsets are not given again.
    const unread = torn?.bytes ?? (header === undefined && footer === undefined ? HEADER_BYTES : 0);
    this.next = Math.max(this.next, end + Math.ceil(unread / MIN_RECORD_BYTES));
    if (torn !== undefined) segment.length = torn.position;
    if (torn !== undefined && footer !== undefined) this.#torn.push(segment);
    await this.#sync(segment);
    const reached = { first, length: segment.length, lastChecksum };
    if (footer === undefined) this.open = { ...reached, contents, names: [...place.names], named };
    else this.previous = reached;
  }

  /** Cuts off what is torn after the end of an ended segment. Only once the next segment, or footer, is on disk. */
  async cutTorn(): Promise<void> {
    for (const segment of this.#torn) {
      const file = await this.#files.open(segment.path, "write");
      try {
        await file.truncate(segment.length);
        await file.sync();
      } finally {
        await file.close();
      }
    }
  }

  async #sync(segment: FoundSegment): Promise<void> {
    const file = await this.#files.open(segment.path, "write");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#files.syncDirectory(this.#directory);
  }

  async #walk(segment: FoundSegment): Promise<Walked> {
    this.#seenHeader(segment.header);
    const file = await this.#files.open(segment.path, "read");
    try {
      const scan = new Scan(file, segment.first, segment.length);
      const damage: Damage[] = [];
      const contents = new SegmentContents();
      for (let done = false; !done;) {
        const step = await scan.next(WINDOW_BYTES);
        damage.push(...step.damage);
        for (const entry of step.entries) {
          contents.add(entry);
          this.#seen(entry);
        }
        done = step.done;
      }
      return { scan, damage, contents };
    } finally {
      await file.close();
    }
  }

  #seenHeader(header: SegmentHeader | undefined): void {
    if (header === undefined) return;
    this.clockSteps = Math.max(this.clockSteps, header.clockSteps);
    this.nextTime = header.nextTime;
    this.runningMs = Math.max(this.runningMs, header.runningMs ?? 0);
  }

  #seen(entry: Entry): void {
    this.records += 1;
    this.lastTime = entry.time;
    if (entry.kind === "clock_step") this.clockSteps += 1;
    this.nextTime = timeAfter(this.nextTime, entry);
  }
}
