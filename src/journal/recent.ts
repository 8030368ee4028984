import type { Chunk } from "./chunk.ts";

/** The newest chunks, in order, for readers that keep up. What is not on disk yet always stays. */
export class Recent {
  readonly #most: number;
  readonly #chunks: Chunk[] = [];

  /** @param most bytes of memory for chunks that are on disk */
  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Chunk): void {
    this.#chunks.push(chunk);
    let bytes = 0;
    const last = this.#chunks.findLastIndex((each) => {
      bytes += each.bytes.length;
      return bytes > this.#most && each.durableNext === each.next;
    });
    this.#chunks.splice(0, last + 1);
  }

  /** The chunk that holds the durable entry at `offset`. */
  find(offset: number): Chunk | undefined {
    const chunk = this.#chunks.findLast((each) => each.first <= offset);
    return chunk !== undefined && offset < chunk.durableNext ? chunk : undefined;
  }
}
