import { hasNoise, isText } from "./text-check.ts";

/** How many of the latest frames are looked at, and how many there must be before anything is said. */
const LATEST = 10;
const ENOUGH = 5;
/** So many bytes without a line end say as much as noisy frames, when there is noise among them. */
const NOISE_BYTES = 1024;
/** So many without a line end but with a CR among them are lines that end in CR alone. */
const CR_BYTES = 4096;
const CR = 13;

/** Tells a wrong baud rate or a wrong line end from an odd damaged line, at a port that is to send lines of text. */
export class NoiseWatch {
  readonly #question: string;
  /** Whether each of the latest frames was noise, oldest first. */
  readonly #latest: boolean[] = [];
  /** What has come since the last frame. */
  #unframed = { bytes: 0, noise: false, cr: false };
  #hint: string | undefined;

  /** @param question what to ask of somebody whose device sends noise: `is baud 9600 right?` */
  constructor(question: string) {
    this.#question = question;
  }

  /** What seems wrong, as a sentence; undefined while most frames are text. */
  get hint(): string | undefined {
    return this.#hint;
  }

  /** Takes note of a chunk and of the frames that it ended; returns how many of them are noise. */
  add(chunk: Uint8Array, frames: readonly Uint8Array[]): number {
    if (frames.length > 0) this.#unframed = { bytes: 0, noise: false, cr: false };
    else this.#addUnframed(chunk);
    const noise = frames.map((frame) => !isText(frame));
    this.#latest.push(...noise.slice(-LATEST));
    this.#latest.splice(0, this.#latest.length - LATEST);
    this.#hint = this.#judge();
    return noise.filter(Boolean).length;
  }

  #addUnframed(chunk: Uint8Array): void {
    const { bytes, noise, cr } = this.#unframed;
    this.#unframed = {
      bytes: bytes + chunk.length,
      noise: noise || hasNoise(chunk),
      cr: cr || chunk.includes(CR),
    };
  }

  #judge(): string | undefined {
    const { bytes, noise, cr } = this.#unframed;
    if (noise && bytes >= NOISE_BYTES)
      return `no line end in ${NOISE_BYTES} bytes that are not text: ${this.#question}`;
    if (cr && bytes >= CR_BYTES)
      return `no line feed in ${CR_BYTES} bytes: do lines end in CR alone? Then set framing: { type: delimiter, delimiter: \\r }`;
    const noisy = this.#latest.filter(Boolean).length;
    const of = this.#latest.length;
    // Once said, it takes more than one good line to take it back.
    const share = this.#hint === undefined ? 0.5 : 0.2;
    return of >= ENOUGH && noisy > share * of
      ? `${noisy} of the last ${of} frames are not text: ${this.#question}`
      : undefined;
  }
}
