import { addNanos, NO_TAGS, type Point, type Reading, type Tags, type Timestamp } from "../model/index.ts";
import type { DecodedPoint, Decoder, Origin, Processor, State } from "../plugin/index.ts";
import { oversizedReason } from "./oversized.ts";
import type { Reject } from "./reject.ts";

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

/** One processor in its place. */
export interface Step {
  readonly id: string;
  readonly processor: Processor;
  /** The inputs whose points it takes; all without it. */
  readonly from?: readonly string[] | undefined;
  /** A hash of its settings: what it remembered is of use only to the same step. */
  readonly fingerprint: string;
}

export interface ChainPlan {
  readonly sources: ReadonlyMap<string, Source>;
  readonly steps: readonly Step[];
}

export interface Processed {
  readonly points: readonly Point[];
  readonly rejects: readonly Reject[];
}

/** What a chain remembers, by step. */
export type ChainState = Readonly<Record<string, State>>;

/** The most channels of one input whose tags are kept ready. */
const MAX_CHANNELS = 10_000;

interface Channel {
  readonly origin: Origin;
  readonly tags: Tags;
}

/** Turns readings into points for one output: decode, then each processor in order. A pure function but for its steps' state. */
export class Chain {
  readonly #plan: ChainPlan;
  readonly #channels = new Map<string, Map<string, Channel>>();
  readonly #steps = new Map<string, readonly Step[]>();

  constructor(plan: ChainPlan) {
    this.#plan = plan;
    for (const input of plan.sources.keys()) {
      this.#channels.set(input, new Map());
      this.#steps.set(
        input,
        plan.steps.filter(({ from }) => from === undefined || from.includes(input)),
      );
    }
  }

  /** Whether any step remembers something between readings. */
  get stateful(): boolean {
    return (
      this.#plan.steps.some(({ processor }) => processor.save !== undefined) ||
      this.#decoders().some(([, decoder]) => decoder.save !== undefined)
    );
  }

  /** The points of some readings, in their order; their offsets and those of the rejects are the readings'. */
  run(readings: readonly Reading[]): Processed {
    const points: Point[] = [];
    const rejects: Reject[] = [];
    for (let first = 0; first < readings.length;) {
      const input = readings[first]?.input ?? "";
      let last = first + 1;
      while (last < readings.length && readings[last]?.input === input) last += 1;
      this.#runInput(
        input,
        first === 0 && last === readings.length ? readings : readings.slice(first, last),
        points,
        rejects,
      );
      first = last;
    }
    return { points, rejects };
  }

  /** What the steps remember, to be restored into a chain of the same steps. */
  save(): ChainState {
    const state: Record<string, State> = {};
    for (const [id, { save }] of this.#stateful()) if (save !== undefined) state[id] = save();
    return state;
  }

  /** Gives the steps back what `save` said. A step that finds nothing of its own in it, or cannot use it, begins anew. */
  restore(state: ChainState): void {
    for (const [id, { restore }] of this.#stateful()) {
      if (!(id in state)) continue;
      try {
        restore?.(state[id]);
      } catch {
        // Written by another version of the plugin.
      }
    }
  }

  #decoders(): [string, Decoder][] {
    return [...this.#plan.sources].map(([input, { decoder, fingerprint }]) => [
      `decode ${input} ${fingerprint}`,
      decoder,
    ]);
  }

  #stateful(): [string, { save?: (() => State) | undefined; restore?: ((state: State) => void) | undefined }][] {
    const parts: [string, Decoder | Processor][] = [
      ...this.#decoders(),
      ...this.#plan.steps.map(({ id, fingerprint, processor }): [string, Processor] => [
        `${id} ${fingerprint}`,
        processor,
      ]),
    ];
    return parts.map(([id, part]) => [id, { save: part.save?.bind(part), restore: part.restore?.bind(part) }]);
  }

  #runInput(input: string, readings: readonly Reading[], points: Point[], rejects: Reject[]): void {
    const source = this.#plan.sources.get(input);
    if (source === undefined) {
      const reason = `the configuration has no input "${input}" any more`;
      for (const reading of readings) rejects.push(rejectOf(reading, "decode", reason));
      return;
    }
    let made: readonly Point[] = this.#decode(source, readings, rejects);
    for (const step of this.#steps.get(input) ?? []) {
      if (made.length === 0) break;
      made = process(step, made, readings, rejects);
    }
    for (const point of made) points.push(point);
  }

  #decode(source: Source, readings: readonly Reading[], rejects: Reject[]): Point[] {
    const points: Point[] = [];
    for (const reading of readings) {
      const oversized = oversizedReason(reading.attributes);
      if (oversized !== undefined) {
        rejects.push(rejectOf(reading, "decode", oversized));
        continue;
      }
      try {
        const { origin, tags } = this.#channel(source, reading);
        const decoded = source.decoder.decode(reading, origin);
        for (const { reason } of decoded.rejected ?? []) rejects.push(rejectOf(reading, "decode", reason));
        complete(decoded.points, reading, tags, points);
      } catch (error) {
        rejects.push(rejectOf(reading, "decode", `the decoder failed: ${messageOf(error)}`));
      }
    }
    return points;
  }

  #channel(source: Source, { input, channel }: Reading): Channel {
    const channels = this.#channels.get(input) ?? new Map<string, Channel>();
    const known = channels.get(channel);
    if (known !== undefined) return known;
    const origin = source.origin(channel);
    const made = { origin, tags: withTags(source.tags, origin.tags) };
    if (channels.size >= MAX_CHANNELS) channels.clear();
    channels.set(channel, made);
    return made;
  }
}

/** Adds what a decoder left out: tags of the channel, the input's id, the receive time and the nanoseconds after it. */
function complete(decoded: readonly DecodedPoint[], reading: Reading, channelTags: Tags, points: Point[]): void {
  let untimed = 0;
  for (const { measurement = reading.input, tags, fields, time } of decoded) {
    const stamp: Timestamp = time ?? (untimed === 0 ? reading.time : addNanos(reading.time, untimed));
    if (time === undefined) untimed += 1;
    points.push({ measurement, tags: withTags(channelTags, tags), fields, time: stamp, offset: reading.offset });
  }
}

/** Both sets of tags, those of `over` winning. */
function withTags(under: Tags, over: Tags): Tags {
  if (over.size === 0) return under;
  return under.size === 0 ? over : new Map([...under, ...over]);
}

function process(
  step: Step,
  points: readonly Point[],
  readings: readonly Reading[],
  rejects: Reject[],
): readonly Point[] {
  try {
    const result = step.processor.process(points);
    const made = "points" in result ? result : { points: result };
    if (!Array.isArray(made.points)) throw new Error("it returned no list of points; a processor is not asynchronous");
    for (const { point, reason } of made.rejected ?? [])
      rejects.push(rejectAt(readings, point.offset, step.id, reason));
    return made.points;
  } catch (error) {
    if (points.length === 1) {
      const offset = points[0]?.offset ?? 0;
      rejects.push(rejectAt(readings, offset, step.id, `the processor failed: ${messageOf(error)}`));
      return [];
    }
    // One point must not take its neighbours with it.
    return points.flatMap((point) => process(step, [point], readings, rejects));
  }
}

/** The reading of that offset, or the run's first for a point that names none of them. */
function rejectAt(readings: readonly Reading[], offset: number, step: string, reason: string): Reject {
  const reading = readings.find((candidate) => candidate.offset === offset) ?? readings[0];
  return { step, input: reading?.input ?? "", channel: reading?.channel ?? "", offset, reason };
}

function rejectOf({ input, channel, offset }: Reading, step: string, reason: string): Reject {
  return { step, input, channel, offset, reason };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The tags of every point of an input. */
export function tagsOf(agent: Tags, input: Tags): Tags {
  return withTags(withTags(NO_TAGS, agent), input);
}
