import type { Loss } from "./loss.ts";
import type { Damage } from "./scan.ts";
import { segmentName, type Segment } from "./segment.ts";
import { HEADER_BYTES } from "./segment-header.ts";

/**
 * What damage in a segment means.
 * @param end the first offset of the segment after it
 */
export function damageLoss(segment: Segment, damage: Damage, end: number | undefined): Loss {
  const fromOffset = segment.first + damage.fromIndex;
  const to = damage.toIndex === undefined ? (end ?? fromOffset) : segment.first + damage.toIndex;
  const toOffset = Math.max(fromOffset, to);
  const count = toOffset - fromOffset;
  const lost =
    count === 0
      ? "they are passed over, and no reading is lost with them"
      : `up to ${count} readings (offsets ${fromOffset} to ${toOffset - 1}) cannot be read and are passed over`;
  return {
    ...place(segment, damage),
    reason: "damaged",
    count,
    fromOffset,
    toOffset,
    message: `${where(segment, damage)} are not what was written: ${lost}; check the disk and the memory of this machine`,
  };
}

/** What the end of the last segment means when no record can be read there. */
export function tornLoss(segment: Segment, damage: Damage): Loss {
  const offset = segment.first + damage.fromIndex;
  return {
    ...place(segment, damage),
    reason: "torn",
    count: 0,
    fromOffset: offset,
    toOffset: offset,
    message: `${where(segment, damage)}, its end, hold no whole reading and were cut off: what a power cut interrupts looks like this, and no reading in it was acknowledged then`,
  };
}

/** What a segment's damaged header means. */
export function headerLoss(segment: Segment): Loss {
  const damage = { position: 0, bytes: HEADER_BYTES };
  return {
    ...place(segment, damage),
    reason: "damaged",
    count: 0,
    fromOffset: segment.first,
    toOffset: segment.first,
    message: `${where(segment, damage)}, its header, are not what was written; its readings are safe, a new segment is begun`,
  };
}

/** What segments that are not there mean. `toOffset` is the first offset that is there again. */
export function missingLoss(directory: string, fromOffset: number, toOffset: number): Loss {
  const count = Math.max(0, toOffset - fromOffset);
  const where = count === 0 ? "" : ` with offsets ${fromOffset} to ${toOffset - 1}`;
  return {
    reason: "missing",
    count,
    fromOffset,
    toOffset: fromOffset + count,
    message: `segments${where} are missing in ${directory} and were not removed by this program: up to ${count} readings are passed over; put the files back if you have them, and restart`,
  };
}

/** What a file means that looks like a segment and is none of the journal's. */
export function extraLoss({ first, path, length }: Segment): Loss {
  return {
    segment: segmentName(first),
    position: 0,
    bytes: length,
    reason: "extra",
    count: 0,
    fromOffset: first,
    toOffset: first,
    message: `${path} is not part of the journal (a copy, or a segment of another journal): it is left alone and not read; move it away, or run fieldline journal repair while the agent is stopped`,
  };
}

/** What a damaged anchor means. */
export function anchorLoss(path: string, next: number): Loss {
  return {
    segment: path,
    position: 0,
    reason: "damaged",
    count: 0,
    fromOffset: next,
    toOffset: next,
    message: `${path} is not what was written, and is written anew: whether segments before offset ${next} were removed by this program or by somebody else cannot be told; no reading in the journal is lost`,
  };
}

function place(segment: Segment, damage: { position: number; bytes: number }) {
  return { segment: segmentName(segment.first), position: damage.position, bytes: damage.bytes };
}

function where(segment: Segment, damage: { position: number; bytes: number }): string {
  return `${damage.bytes} bytes at position ${damage.position} of ${segment.path}`;
}
