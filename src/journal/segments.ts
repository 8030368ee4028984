import { segmentPath, type Segment } from "./segment.ts";

/** The journal's segments in order; the last one is being filled. */
export class Segments {
  readonly #directory: string;
  readonly #list: Segment[];
  #bytes: number;

  constructor(directory: string, found: readonly Segment[]) {
    this.#directory = directory;
    this.#list = [...found];
    this.#bytes = found.reduce((sum, each) => sum + each.length, 0);
  }

  get count(): number {
    return this.#list.length;
  }

  get oldest(): Segment | undefined {
    return this.#list[0];
  }

  /** The segment after the oldest. */
  get second(): Segment | undefined {
    return this.#list[1];
  }

  /** What they take on disk, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  add(first: number, created: number, runningMs: number): void {
    this.#list.push({ first, path: segmentPath(this.#directory, first), created, runningMs, length: 0 });
  }

  /** More bytes of a segment are durable. */
  grow(segment: Segment, bytes: number): void {
    segment.length += bytes;
    this.#bytes += bytes;
  }

  removeOldest(): void {
    this.#bytes -= this.#list.shift()?.length ?? 0;
  }

  /** Forgets those of which nothing is on disk. */
  removeUnwritten(): void {
    while (this.#list.at(-1)?.length === 0) this.#list.pop();
  }

  /** The segment that begins at `first`. */
  at(first: number): Segment | undefined {
    return this.#list.findLast((each) => each.first === first);
  }

  /** The segment in which `offset` is or would be, and the one after it. */
  around(offset: number): { segment: Segment | undefined; after: Segment | undefined } {
    const index = this.#list.findLastIndex((each) => each.first <= offset);
    return { segment: this.#list[index], after: this.#list[index + 1] };
  }

  /** The first segment with entries at or after a moment (milliseconds), as far as the segments' beginnings tell. */
  endingAfter(millis: number): Segment | undefined {
    return this.#list.find((_, index) => (this.#list[index + 1]?.created ?? Infinity) >= millis);
  }
}
