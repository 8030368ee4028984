import { addNanos, compareTimestamps, type Timestamp } from "../model/index.ts";
import { damageLoss, headerLoss, tornLoss } from "./damage-loss.ts";
import type { Entry } from "./entry.ts";
import type { FileLayer } from "./files.ts";
import { findSegment, type FoundSegment } from "./find-segment.ts";
import type { Loss } from "./loss.ts";
import { RecentReadings } from "./recent-readings.ts";
import { MIN_RECORD_BYTES } from "./record.ts";
import { type Damage, Scan } from "./scan.ts";
import { HEADER_BYTES, type SegmentEnd, type SegmentHeader } from "./segment-header.ts";
import type { OpenSegment } from "./segment-writer.ts";
import { firstOfName } from "./segment.ts";

const WINDOW_BYTES = 1024 * 1024;

interface Walked {
  readonly scan: Scan;
  readonly damage: readonly Damage[];
}

/**
 * Finds what a journal's directory holds and where writing goes on. The last two segments are checked to their end,
 * and the last is synced: only then is what a killed process left in the page cache durable. What a cut write left at
 * the very end is cut off; nothing that can be read is touched.
 */
export class Recovery {
  readonly damage: Loss[] = [];
  readonly recent = new RecentReadings();
  segments: FoundSegment[] = [];
  /** The offset of the next entry. */
  next: number;
  /** The segment to go on with, when its end is whole. */
  open: OpenSegment | undefined;
  /** The end of the last segment. */
  previous: SegmentEnd | undefined;
  /** How many entries were found by the check. */
  records = 0;
  clockSteps = 0;
  /** The first moment that no reading found occupies. */
  nextTime: Timestamp = { seconds: 0, nanos: 0 };
  /** When the last entry found was received or noted. */
  lastTime: Timestamp | undefined;
  readonly #directory: string;
  readonly #files: FileLayer;
  readonly #torn: FoundSegment[] = [];

  private constructor(directory: string, files: FileLayer, atLeast: number) {
    this.#directory = directory;
    this.#files = files;
    this.next = atLeast;
  }

  /**
   * @param atLeast no new entry gets an offset below this
   * @throws Error when another version of the program wrote the journal
   */
  static async run(directory: string, files: FileLayer, atLeast: number): Promise<Recovery> {
    const recovery = new Recovery(directory, files, atLeast);
    await recovery.#find();
    await recovery.#checkBeforeLast();
    await recovery.#checkLast();
    recovery.recent.finish();
    return recovery;
  }

  async #find(): Promise<void> {
    const names = await this.#files.list(this.#directory);
    const firsts = names.map(firstOfName).filter((first) => first !== undefined);
    for (const first of firsts.toSorted((a, b) => a - b))
      this.segments.push(await findSegment(this.#files, this.#directory, first));
    await this.#removeEmpty();
    this.#compareLengths();
  }

  /** Each header tells how long the segment before it is: longer ones were to be cut when the power went again. */
  #compareLengths(): void {
    for (const [index, segment] of this.segments.entries()) {
      const previous = this.segments[index + 1]?.header?.previous;
      if (previous?.first !== segment.first || previous.length === segment.length) continue;
      if (previous.length < segment.length) this.#torn.push(segment);
      segment.length = previous.length;
    }
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
    const { scan, damage } = await this.#walk(segment);
    const { first } = segment;
    const end = first + scan.place.index;
    const torn = damage.find((each) => each.toIndex === undefined);
    for (const each of damage) {
      this.damage.push(each === torn ? tornLoss(segment, each) : damageLoss(segment, each, undefined));
    }
    if (segment.header === undefined) this.damage.push(headerLoss(segment));
    // The bytes that cannot be read may have held entries that an output has read: their offsets are not given again.
    const unread = torn?.bytes ?? (segment.header === undefined ? HEADER_BYTES : 0);
    const whole = unread === 0 && end >= this.next;
    this.next = Math.max(this.next, end + Math.ceil(unread / MIN_RECORD_BYTES));
    if (torn !== undefined) {
      this.#torn.push(segment);
      segment.length = torn.position;
    }
    await this.#sync(segment);
    const { lastChecksum, named, place } = scan;
    this.previous = { first, length: segment.length, lastChecksum };
    if (whole) this.open = { first, length: segment.length, lastChecksum, names: [...place.names], named };
  }

  /** Cuts off what is torn. Only once the next segment is on disk: it alone knows the offsets not to give again. */
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
      for (let done = false; !done;) {
        const step = await scan.next(WINDOW_BYTES);
        damage.push(...step.damage);
        for (const entry of step.entries) this.#seen(entry);
        done = step.done;
      }
      return { scan, damage };
    } finally {
      await file.close();
    }
  }

  #seenHeader(header: SegmentHeader | undefined): void {
    if (header === undefined) return;
    this.clockSteps = Math.max(this.clockSteps, header.clockSteps);
    this.nextTime = header.nextTime;
  }

  #seen(entry: Entry): void {
    this.records += 1;
    this.lastTime = entry.time;
    if (entry.kind === "clock_step") {
      this.clockSteps += 1;
      this.nextTime = entry.time;
    }
    if (entry.kind !== "reading") return;
    this.recent.add(entry);
    const after = addNanos(entry.time, Math.max(1, entry.payload.length));
    if (compareTimestamps(after, this.nextTime) > 0) this.nextTime = after;
  }
}
