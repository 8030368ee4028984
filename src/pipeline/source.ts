import {
  addNanos,
  MEASURED,
  parseTimestamp,
  type Point,
  type Reading,
  type Tags,
  type Timestamp,
} from "../model/index.ts";
import { type DecodedPoint, type Decoder, type Origin, reasonOf } from "../plugin/index.ts";
import { oversizedReason } from "./oversized.ts";
import { type Reject, rejectOf } from "./reject.ts";
import { TagLayer, withTags } from "./tag-layer.ts";

/** How the readings of one input become points. */
export interface Source {
  readonly decoder: Decoder;
  /** What a channel says about its readings. */
  readonly origin: (channel: string) => Origin;
  /** The agent's and the input's tags, the input's winning. */
  readonly tags: Tags;
  /** A hash of what is in effect for the input: what its decoder remembered is of use only to the same one. */
  readonly fingerprint: string;
}

/** The most channels of one input whose tags are kept ready. */
const MAX_CHANNELS = 131_072;

interface Channel {
  readonly origin: Origin;
  readonly tags: TagLayer;
}

/** Decodes the readings of one input. */
export class SourceDecoder {
  readonly #source: Source;
  readonly #channels = new Map<string, Channel>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** The points of some readings, in their order. */
  decode(readings: readonly Reading[], rejects: Reject[]): readonly Point[] {
    const points: Point[] = [];
    for (const reading of readings) {
      const oversized = oversizedReason(reading.attributes);
      if (oversized !== undefined) {
        rejects.push(rejectOf(reading, "decode", oversized));
        continue;
      }
      try {
        const { origin, tags } = this.#channel(reading.channel);
        const decoded = this.#source.decoder.decode(reading, origin);
        for (const { reason } of decoded.rejected ?? []) rejects.push(rejectOf(reading, "decode", reason));
        complete(decoded.points, reading, tags, points);
      } catch (error) {
        rejects.push(rejectOf(reading, "decode", `the decoder failed: ${reasonOf(error)}`));
      }
    }
    return points;
  }

  #channel(channel: string): Channel {
    const known = this.#channels.get(channel);
    if (known !== undefined) return known;
    const origin = this.#source.origin(channel);
    const made = { origin, tags: new TagLayer(withTags(this.#source.tags, origin.tags)) };
    if (this.#channels.size >= MAX_CHANNELS) this.#channels.clear();
    this.#channels.set(channel, made);
    return made;
  }
}

/**
 * Adds what a decoder left out: tags of the channel, the input's id, the time and the nanoseconds after it. The time is
 * when the reading was taken, if its input could tell (docs/decisions/0019-when-a-reading-was-taken.md), else when it came.
 */
function complete(decoded: readonly DecodedPoint[], reading: Reading, channelTags: TagLayer, points: Point[]): void {
  let untimed = 0;
  const measured = reading.attributes?.[MEASURED];
  const taken = (measured === undefined ? undefined : parseTimestamp(measured)) ?? reading.time;
  for (const { measurement = reading.input, tags, fields, time } of decoded) {
    const stamp: Timestamp = time ?? (untimed === 0 ? taken : addNanos(taken, untimed));
    if (time === undefined) untimed += 1;
    points.push({ measurement, tags: channelTags.under(tags), fields, time: stamp, offset: reading.offset });
  }
}
