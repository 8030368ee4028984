import { type Point, TextBuffer } from "../model/index.ts";
import type { Output } from "../plugin/index.ts";
import type { Item, Load } from "./item.ts";

const LINE_FEED = 10;

/** Points in the sink's form, as columns: however many wait, they are a handful of objects. */
export class EncodedPoints implements Load {
  readonly ends: number[] = [];
  /** Of the readings that caused them. */
  readonly offsets: number[] = [];
  readonly #texts: TextBuffer;
  #items: readonly Item[] | undefined;

  /** @param size bytes that their texts are likely to take */
  constructor(size = 0) {
    this.#texts = new TextBuffer(size);
  }

  /** How many there are. */
  get length(): number {
    return this.ends.length;
  }

  /** What their texts take, in bytes. */
  get size(): number {
    return this.#texts.length;
  }

  get bytes(): Buffer {
    return this.#texts.bytes.subarray(0, this.#texts.length);
  }

  /** Each for itself. */
  get items(): readonly Item[] {
    this.#items ??= this.ends.map((_, index) => this.item(index));
    return this.#items;
  }

  /** One of them, in memory of its own. */
  item(index: number): Item {
    const line = Buffer.from(this.#texts.bytes.subarray(this.#startOf(index), this.ends[index]));
    return { offset: this.offsets[index] ?? 0, line };
  }

  /** Adds a point. @throws what `encode` throws, or Error when that adds nothing; then it is as before */
  encode(output: Output, point: Point): void {
    const texts = this.#texts;
    const { length } = texts;
    try {
      output.encode(point, texts);
      if (texts.length <= length) throw new Error("encode added no text to the buffer that it is given");
    } catch (error) {
      texts.length = length;
      throw error;
    }
    texts.ascii(LINE_FEED);
    this.#add(texts.length, point.offset);
  }

  /** Adds others from one index on, up to another. */
  append(others: EncodedPoints, from: number, to: number): void {
    if (from === to) return;
    const start = others.#startOf(from);
    const shift = this.size - start;
    this.#texts.utf8(others.#texts.bytes.subarray(start, others.#startOf(to)));
    for (let index = from; index < to; index++)
      this.#add((others.ends[index] ?? 0) + shift, others.offsets[index] ?? 0);
  }

  /** How many bytes those from one index on, up to another, take. */
  sizeOf(from: number, to: number): number {
    return this.#startOf(to) - this.#startOf(from);
  }

  /** Forgets all, and keeps the memory for others. */
  clear(): void {
    this.ends.length = 0;
    this.offsets.length = 0;
    this.#texts.length = 0;
    this.#items = undefined;
  }

  #add(end: number, offset: number): void {
    this.#items = undefined;
    this.ends.push(end);
    this.offsets.push(offset);
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }
}
