import { bannerOf } from "./banner.ts";
import { CHECKSUM_LENGTH, checksumText } from "./checksum.ts";
import type { Frame } from "./frame.ts";

const LINE_FEED = 10;
const SPACE = 32;
const HASH = 35;
/** What comes behind the `#` of a line that closes. */
const MARKS = "~+?!";
/** More than the longest group by far: what has no closing line within this is noise. */
const MOST_BYTES = 256;
const NUMBER = String.raw`(\d{1,10})`;
const CLOSING = new RegExp(`^#([~+])${NUMBER} ${NUMBER}$`);
const FAILURE = new RegExp(String.raw`^#\?(\d{1,3}) ([a-z]+)$`);
/** Finds what a board says in the bytes that come from it, and what is damaged. Holds 256 bytes at most. */
export class FrameReader {
  readonly #held = Buffer.alloc(MOST_BYTES);
  #length = 0;
  /** Where the line that is coming begins. */
  #line = 0;
  /** It is the rest of a line that was too long. */
  #passing = false;

  /** Takes what has come; returns the frames that it ends. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    for (const byte of chunk) {
      if (this.#passing) {
        this.#passing = byte !== LINE_FEED;
        continue;
      }
      this.#held[this.#length++] = byte;
      if (byte === LINE_FEED) this.#endLine(frames);
      if (this.#length === MOST_BYTES) this.#giveUp(frames, byte !== LINE_FEED);
    }
    return frames;
  }

  #endLine(frames: Frame[]): void {
    const line = this.#held.subarray(this.#line, this.#length - 1);
    if (line[0] !== HASH || !MARKS.includes(String.fromCharCode(line[1] ?? 0))) {
      this.#line = this.#length;
      return;
    }
    const frame = this.#close(line);
    // An empty line before it ends what a reset has cut.
    const before = this.#line > 0 && !(this.#line === 1 && this.#held[0] === LINE_FEED);
    if (frame !== undefined && frame.kind !== "group" && before)
      frames.push(damageOf(this.#held.subarray(0, this.#line)));
    frames.push(frame ?? damageOf(this.#held.subarray(0, this.#length)));
    this.#clear();
  }

  /** The frame that a closing line ends; undefined when its checksum is wrong. */
  #close(line: Buffer): Frame | undefined {
    const isGroup = line[1] === MARKS.charCodeAt(0) || line[1] === MARKS.charCodeAt(1);
    const end = this.#length - 1 - CHECKSUM_LENGTH - 1;
    const start = isGroup ? 0 : this.#line;
    if (end <= this.#line || this.#held[end] !== SPACE) return undefined;
    const sum = this.#held.toString("latin1", end + 1, this.#length - 1);
    if (sum !== checksumText(this.#held.subarray(start, end))) return undefined;
    const closing = this.#held.toString("utf8", this.#line, end);
    return isGroup ? this.#group(closing) : saidOf(closing);
  }

  #group(closing: string): Frame | undefined {
    const [, mark, sequence, time] = CLOSING.exec(closing) ?? [];
    // Exactly one line stands before it.
    if (mark === undefined || this.#held.indexOf(LINE_FEED) !== this.#line - 1 || this.#line < 2) return undefined;
    return {
      kind: "group",
      line: Buffer.from(this.#held.subarray(0, this.#line - 1)),
      sequence: Number(sequence),
      ...(mark === "~" ? { clock: Number(time) } : { age: Number(time) }),
      length: this.#length,
    };
  }

  #giveUp(frames: Frame[], withinLine: boolean): void {
    frames.push(damageOf(this.#held.subarray(0, this.#length)));
    this.#passing = withinLine;
    this.#clear();
  }

  #clear(): void {
    this.#length = 0;
    this.#line = 0;
  }
}

/** What a line with `#?` or `#!` says; undefined when it is neither as the protocol has it. */
function saidOf(line: string): Frame | undefined {
  const [, channel, reason = ""] = FAILURE.exec(line) ?? [];
  if (channel !== undefined) return { kind: "failure", channel: Number(channel), reason };
  if (!line.startsWith("#!")) return undefined;
  const text = line.slice(2);
  const banner = bannerOf(text);
  return banner === undefined ? { kind: "answer", text } : { kind: "banner", banner };
}

function damageOf(bytes: Uint8Array): Frame {
  return { kind: "damaged", bytes: bytes.length };
}
