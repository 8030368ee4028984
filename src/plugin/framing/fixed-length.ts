import type { FrameLosses, Framer } from "./framer.ts";

/** Cuts a stream into frames of one length. */
export class FixedLengthFramer implements Framer {
  readonly #length: number;
  readonly #losses: FrameLosses;
  /** The unfinished frame; a new one for each, since the finished one is given away. */
  #frame: Uint8Array | undefined;
  #filled = 0;

  constructor(length: number, losses: FrameLosses) {
    this.#length = length;
    this.#losses = losses;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let start = this.#frame === undefined ? 0 : this.#fill(chunk, frames);
    for (; start + this.#length <= chunk.length; start += this.#length)
      frames.push(chunk.subarray(start, start + this.#length));
    if (start < chunk.length) this.#fill(chunk.subarray(start), frames);
    return frames;
  }

  /** Adds to the unfinished frame what belongs to it; returns how many bytes that were. */
  #fill(bytes: Uint8Array, frames: Uint8Array[]): number {
    this.#frame ??= new Uint8Array(this.#length);
    const part = bytes.subarray(0, this.#length - this.#filled);
    this.#frame.set(part, this.#filled);
    this.#filled += part.length;
    if (this.#filled === this.#length) {
      frames.push(this.#frame);
      this.#forget();
    }
    return part.length;
  }

  end(): Uint8Array[] {
    this.cut();
    return [];
  }

  cut(): void {
    if (this.#filled > 0) this.#losses.partial(this.#filled);
    this.#forget();
  }

  #forget(): void {
    this.#frame = undefined;
    this.#filled = 0;
  }
}
