import { createHash } from "node:crypto";
import { join } from "node:path";
import { Anchor } from "./anchor.ts";
import { DAMAGED_NAME, type ExaminedGap, type ExaminedJournal, examineJournal } from "./examine.ts";
import type { ExaminedSegment } from "./examine-segment.ts";
import type { FileLayer } from "./files.ts";
import { nodeFiles } from "./node-files.ts";
import { offsetsIn, rebuildSegment, type Rebuilt, standIn } from "./rebuild.ts";
import { SegmentContents } from "./segment-contents.ts";
import { HEADER_BYTES, type SegmentEnd, type SegmentHeader } from "./segment-header.ts";
import { sizeOf } from "./segment-lengths.ts";
import { segmentName } from "./segment.ts";

/** A file that is being written; a cut-off repair may leave one, and the next overwrites or moves it. */
const TEMPORARY_NAME = "repairing";

/** One thing that was repaired. */
export interface Repair {
  /** The file's name in the journal's folder. */
  readonly segment: string;
  /** Where what was there before is kept; undefined when there was nothing. */
  readonly kept?: string;
  /** How many offsets of it are lost. */
  readonly lost: number;
  /** What was done, as a sentence without a full stop. */
  readonly message: string;
}

export interface RepairOptions {
  readonly signal: AbortSignal;
  /** Told of every repair once it is durable. */
  readonly onRepaired: (repair: Repair) => void;
  readonly files?: FileLayer;
}

export interface RepairedJournal {
  readonly repairs: number;
  /** Offsets that are lost, as far as these repairs know. */
  readonly lost: number;
}

/** What repairs of one journal share. */
interface Workshop {
  readonly directory: string;
  readonly files: FileLayer;
  readonly done: (repair: Repair) => void;
}

/** What the segment before the one at work is like by now. */
interface Before {
  readonly end: SegmentEnd | undefined;
  readonly hash: Buffer | undefined;
  readonly clockSteps: number;
  readonly nextTime: SegmentHeader["nextTime"];
  /** As in its header; undefined when no footer ends it, as in versions that wrote none. */
  readonly runningMs: number | undefined;
  readonly next: number | undefined;
}

/**
 * Repairs a journal that no agent has open: afterwards verify finds nothing wrong, and counts what is lost. Nothing is
 * removed: what was there is kept in the folder `damaged` of the journal. Cut off at any moment, it can be run again.
 * @throws the signal's reason; Error when the disk fails, or another version of the program wrote the journal
 */
export async function repairJournal(directory: string, options: RepairOptions): Promise<RepairedJournal> {
  const { files = nodeFiles, signal, onRepaired } = options;
  let repairs = 0;
  let lost = 0;
  const done = (repair: Repair): void => {
    repairs += 1;
    lost += repair.lost;
    onRepaired(repair);
  };
  const shop: Workshop = { directory, files, done };
  const examined = await examineJournal(directory, { files, signal, onProblem: () => undefined, alone: true });
  for (const name of examined.extra) {
    signal.throwIfAborted();
    const kept = await moveAside(shop, name);
    done({ segment: name, kept, lost: 0, message: `${name} was not part of the journal, and is now ${kept}` });
  }
  await repairSegments(shop, examined, signal);
  await repairAnchor(shop, examined);
  return { repairs, lost };
}

async function repairSegments(shop: Workshop, examined: ExaminedJournal, signal: AbortSignal): Promise<void> {
  const { segments, gaps, anchor } = examined;
  const { segment, hash } = anchor.state ?? {};
  const removed = segment === segments[0]?.segment.header?.previous?.first ? hash : undefined;
  let before: Before = {
    end: undefined,
    hash: removed === undefined ? undefined : Buffer.from(removed, "hex"),
    clockSteps: 0,
    nextTime: { seconds: 0, nanos: 0 },
    runningMs: 0,
    next: undefined,
  };
  // A problem of a segment may be told with the one after it.
  const named = new Set(segments.flatMap(({ problems }) => problems.map(({ segment }) => segment)));
  for (const [index, each] of segments.entries()) {
    signal.throwIfAborted();
    const { first } = each.segment;
    const gap = gaps.find((one) => one.before.first === first && one.after !== undefined);
    if (gap !== undefined) before = await fillGap(shop, gap, each, before);
    const after = segments[index + 1];
    const isLonger = named.has(segmentName(first)) || (await isLongerThanNamed(shop, each, after));
    before = isLonger ? await rebuild(shop, each, after, before) : asBefore(each);
  }
}

function asBefore({ segment, hash, footer, lastChecksum, clockSteps, nextTime, index }: ExaminedSegment): Before {
  const end = { first: segment.first, length: segment.length, lastChecksum };
  const runningMs = footer && (segment.header?.runningMs ?? 0);
  return { end, hash, clockSteps, nextTime, runningMs, next: footer?.next ?? segment.first + index };
}

/** A torn end lies beyond what the next header names. */
async function isLongerThanNamed(
  { files }: Workshop,
  { segment }: ExaminedSegment,
  after: ExaminedSegment | undefined,
): Promise<boolean> {
  return after !== undefined && (await sizeOf(files, segment)) > segment.length;
}

async function rebuild(
  shop: Workshop,
  each: ExaminedSegment,
  after: ExaminedSegment | undefined,
  before: Before,
): Promise<Before> {
  const { segment, damage, contents, footer } = each;
  const name = segmentName(segment.first);
  const torn = damage.find(({ toIndex }) => toIndex === undefined);
  const tornOnly = after === undefined && segment.header !== undefined && damage.every((one) => one === torn);
  const reached = segment.first + each.index + (after === undefined ? offsetsIn(unreadOf(each)) : 0);
  const previous = after?.segment.header?.previous;
  // What is missing between the two is not lost from this one.
  const end = previous === undefined || previous.first === segment.first ? after?.segment.first : undefined;
  const next = Math.max(reached, footer?.next ?? 0, end ?? 0);
  const bytes = await contentOf(shop.files, segment.path);
  const header = segment.header ?? headerAfter(before, segment.first, segment.created ?? after?.segment.created ?? 0);
  const rebuilt = rebuildSegment(each, bytes, header, {
    next,
    tornOnly,
    originalHash: tornOnly ? undefined : after?.footer?.hashBefore,
    hashBefore: before.hash ?? footer?.hashBefore,
  });
  const kept = await keepCopy(shop, name, bytes);
  await replace(shop, name, rebuilt.bytes);
  const entries = contents.readings + contents.marks;
  const lost = tornOnly ? 0 : Math.max(0, next - segment.first - entries);
  const what = tornOnly ? "its torn end was left out" : `${lost} of its offsets are lost`;
  const message = `${name} was written anew with the ${entries} entries that can be read, ${what}; the file before is ${kept}`;
  shop.done({ segment: name, kept, lost, message });
  return { ...asBefore(each), end: rebuilt.end, hash: sha256(rebuilt), runningMs: header.runningMs ?? 0, next };
}

/** How many bytes at a last segment's end, or of its header when there is nothing else, cannot be read. */
function unreadOf({ damage, segment, footer }: ExaminedSegment): number {
  const torn = damage.find(({ toIndex }) => toIndex === undefined);
  return torn?.bytes ?? (segment.header === undefined && footer === undefined ? HEADER_BYTES : 0);
}

async function fillGap(shop: Workshop, gap: ExaminedGap, after: ExaminedSegment, before: Before): Promise<Before> {
  const first = after.segment.header?.previous?.first ?? gap.from;
  const next = after.segment.first;
  const header = headerAfter(before, first, after.segment.created ?? 0);
  const hashes = { originalHash: after.footer?.hashBefore, hashBefore: before.hash };
  const rebuilt = standIn(header, new SegmentContents(), { next, tornOnly: false, ...hashes });
  const name = segmentName(first);
  await replace(shop, name, rebuilt.bytes);
  const lost = next - gap.from;
  const message = `${name} stands for what is missing: offsets ${gap.from} to ${next - 1}; put the file in its place if you find it`;
  shop.done({ segment: name, lost, message });
  return { ...before, end: rebuilt.end, hash: sha256(rebuilt), runningMs: header.runningMs ?? 0, next };
}

/** From here on the journal begins where it does: what is missing before that is told now, and no more. */
async function repairAnchor(shop: Workshop, { anchor, segments, gaps, extra }: ExaminedJournal): Promise<void> {
  const { directory, files, done } = shop;
  const oldest = segments[0];
  const gap = gaps.find(({ after }) => after === undefined);
  if (anchor.condition === "intact" && gap === undefined) return;
  if (oldest === undefined || extra.includes(segmentName(oldest.segment.first))) return;
  const next = oldest.segment.first;
  const lost = gap === undefined ? 0 : next - gap.from;
  const hash = oldest.footer?.hashBefore?.toString("hex");
  const opened = await Anchor.open(directory, files);
  await opened.save({ next, segment: oldest.segment.header?.previous?.first, hash });
  const message = `the anchor says now that the journal begins at offset ${next}; ${lost} offsets before it are lost`;
  done({ segment: "anchor", lost, message });
}

function headerAfter(before: Before, first: number, created: number): SegmentHeader {
  const { end, clockSteps, nextTime, runningMs } = before;
  return { first, created, previous: end, clockSteps, nextTime, runningMs };
}

function sha256({ bytes }: Rebuilt): Buffer {
  return createHash("sha256").update(bytes).digest();
}

async function contentOf(files: FileLayer, path: string): Promise<Buffer> {
  const file = await files.open(path, "read");
  try {
    const bytes = Buffer.allocUnsafeSlow(await file.size());
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

/** Moves a file into the folder `damaged`; returns its new path. */
async function moveAside({ directory, files }: Workshop, name: string): Promise<string> {
  const kept = await freeName(directory, files, name);
  await files.rename(join(directory, name), kept);
  await files.syncDirectory(join(directory, DAMAGED_NAME));
  await files.syncDirectory(directory);
  return kept;
}

/** Keeps a copy of a file in the folder `damaged`, durably; returns its path. */
async function keepCopy({ directory, files }: Workshop, name: string, bytes: Buffer): Promise<string> {
  const kept = await freeName(directory, files, name);
  await writeWhole(files, kept, bytes);
  await files.syncDirectory(join(directory, DAMAGED_NAME));
  return kept;
}

async function freeName(directory: string, files: FileLayer, name: string): Promise<string> {
  const folder = join(directory, DAMAGED_NAME);
  await files.makeDirectory(folder);
  const taken = new Set(await files.list(folder));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}.${number}`;
  return join(folder, free);
}

/** Puts bytes in place of a segment at one stroke: there is always the one or the other. */
async function replace({ directory, files }: Workshop, name: string, bytes: Buffer): Promise<void> {
  const temporary = join(directory, DAMAGED_NAME, TEMPORARY_NAME);
  await files.makeDirectory(join(directory, DAMAGED_NAME));
  await writeWhole(files, temporary, bytes);
  await files.rename(temporary, join(directory, name));
  await files.syncDirectory(directory);
}

async function writeWhole(files: FileLayer, path: string, bytes: Buffer): Promise<void> {
  const file = await files.open(path, "write");
  try {
    await file.truncate(0);
    await file.write([bytes], 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
