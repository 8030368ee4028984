import type { FrameLosses, Framer, Framing } from "./framer.ts";

const LF = Uint8Array.of(10);
const CR = 13;
const HEAD_BYTES = 40;
const NOTHING = Buffer.alloc(0);

/** Cuts a stream at a delimiter. */
export class DelimitedFramer implements Framer {
  readonly #delimiter: Buffer;
  /** A delimiter of one byte is sought as a number, which is quicker. */
  readonly #needle: Buffer | number;
  readonly #maxFrame: number;
  readonly #losses: FrameLosses;
  readonly #lines: boolean;
  readonly #together: boolean;
  /** Up to the first delimiter nothing is known to be whole. */
  #midstream: boolean;
  /** The unfinished frame: so many bytes left out, then those kept in `#kept`, which has room for more. */
  #left = 0;
  #kept = NOTHING;
  #length = 0;
  #head: Uint8Array = NOTHING;

  constructor(framing: Exclude<Framing, { type: "length" }>, losses: FrameLosses, midstream: boolean) {
    this.#lines = framing.type !== "delimiter";
    this.#together = framing.type === "lines";
    this.#delimiter = Buffer.from(framing.type === "delimiter" ? framing.delimiter : LF);
    this.#needle = this.#delimiter.length === 1 ? (this.#delimiter[0] as number) : this.#delimiter;
    this.#maxFrame = framing.maxFrame;
    this.#losses = losses;
    this.#midstream = midstream;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const frames: Uint8Array[] = [];
    let start = this.#left + this.#length === 0 ? 0 : this.#finish(bytes, frames);
    if (start === -1) return frames;
    for (let end; (end = this.#endOf(bytes, start)) !== -1; start = end + this.#delimiter.length)
      this.#complete(bytes.subarray(start, end), frames);
    this.#keep(bytes.subarray(start));
    return frames;
  }

  end(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    this.#complete(NOTHING, frames);
    return frames;
  }

  cut(): void {
    if (this.#left + this.#length > 0) this.#losses.partial(this.#left + this.#length);
    this.#forget();
  }

  /** Where the frame that begins at `start` ends; -1 when its delimiter has not come. */
  #endOf(bytes: Buffer, start: number): number {
    if (this.#together && !this.#midstream) {
      const last = bytes.lastIndexOf(this.#needle, start + this.#maxFrame);
      if (last >= start) return last;
    }
    return bytes.indexOf(this.#needle, start);
  }

  /** Ends the unfinished frame at the first delimiter; returns where the next begins, -1 when there is no delimiter. */
  #finish(bytes: Buffer, frames: Uint8Array[]): number {
    const before = this.#length;
    const overlap = this.#delimiter.length - 1;
    if (overlap > 0) {
      // The delimiter may have begun in what is kept.
      this.#append(bytes.subarray(0, overlap));
      const found = this.#kept.subarray(0, this.#length).indexOf(this.#delimiter, Math.max(0, before - overlap));
      this.#length = found === -1 ? before : found;
      if (found !== -1) {
        this.#complete(NOTHING, frames);
        return found + this.#delimiter.length - before;
      }
    }
    const end = bytes.indexOf(this.#needle);
    if (end === -1) {
      this.#keep(bytes);
      return -1;
    }
    this.#complete(bytes.subarray(0, end), frames);
    return end + this.#delimiter.length;
  }

  /** The unfinished frame and `rest` are a whole frame. */
  #complete(rest: Buffer, frames: Uint8Array[]): void {
    const length = this.#left + this.#length + rest.length;
    if (this.#midstream) {
      if (length > 0) this.#losses.partial(length);
    } else if (length > this.#maxFrame) {
      this.#losses.oversized(length, this.#left > 0 ? this.#head : this.#headWith(rest));
    } else {
      const frame = this.#withoutCr(this.#length === 0 ? rest : this.#joined(rest));
      if (frame.length > 0) frames.push(frame);
    }
    this.#midstream = false;
    this.#forget();
  }

  /** Keeps the beginning of a frame; of one that is to be left out only as much as a delimiter may begin in. */
  #keep(rest: Buffer): void {
    const total = this.#left + this.#length + rest.length;
    const overlap = this.#delimiter.length - 1;
    if (!this.#midstream && total - overlap <= this.#maxFrame) {
      this.#append(rest);
      return;
    }
    if (this.#left === 0) this.#head = this.#headWith(rest);
    const last = rest.length >= overlap ? rest : this.#joined(rest);
    const kept = last.subarray(Math.max(0, last.length - overlap));
    this.#kept = Buffer.from(kept);
    this.#length = kept.length;
    this.#left = total - kept.length;
  }

  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(256, 2 * length));
      this.#kept.copy(larger, 0, 0, this.#length);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#length);
    this.#length = length;
  }

  #joined(rest: Buffer): Buffer {
    return Buffer.concat([this.#kept.subarray(0, this.#length), rest]);
  }

  #headWith(rest: Buffer): Uint8Array {
    const bytes = Math.min(HEAD_BYTES, this.#maxFrame);
    const kept = this.#kept.subarray(0, Math.min(bytes, this.#length));
    return Buffer.concat([kept, rest.subarray(0, bytes - kept.length)]);
  }

  #withoutCr(frame: Buffer): Buffer {
    return this.#lines && frame.at(-1) === CR ? frame.subarray(0, -1) : frame;
  }

  #forget(): void {
    this.#left = 0;
    this.#length = 0;
    this.#head = NOTHING;
  }
}
