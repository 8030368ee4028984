import type { OpenSegment } from "./open-segment.ts";
import type { Source } from "./record.ts";
import type { InputCount } from "./segment-contents.ts";

/** The channels and readings of one input in the segment being filled. */
export interface InputSources {
  readonly channels: Map<string, Source>;
  readonly count: InputCount;
}

/** Where the readings of an open segment come from, by input and channel. */
export class Sources {
  readonly #segment: OpenSegment;
  readonly #inputs = new Map<string, InputSources>();

  /** @param segment its names are gone on with */
  constructor(segment: OpenSegment) {
    this.#segment = segment;
    for (const [id, names] of segment.names.entries())
      if (names !== undefined)
        this.of(names.input).channels.set(names.channel, { id, since: 0, named: segment.named[id] ?? 0 });
  }

  get inputs(): Iterable<string> {
    return this.#inputs.keys();
  }

  of(input: string): InputSources {
    let sources = this.#inputs.get(input);
    if (sources === undefined) {
      sources = { channels: new Map(), count: this.#segment.contents.of(input) };
      this.#inputs.set(input, sources);
    }
    return sources;
  }

  /** Numbers a channel of an input whose first reading gets this index. */
  add({ channels }: InputSources, input: string, channel: string, index: number): Source {
    const source = { input, channel, id: this.#segment.names.length, since: index, named: 0 };
    this.#segment.names.push(source);
    channels.set(channel, source);
    return source;
  }
}
