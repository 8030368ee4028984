import { mqttText, packet } from "./mqtt-frames.ts";

/** What is published. */
export interface MessageShape {
  /** How many topics the messages go through in turn; default 1, at most 100,000. */
  readonly topics?: number;
  /** How many values the payload's `probe` goes through in turn; default 1, at most 1,000,000. */
  readonly probes?: number;
  readonly qos?: 0 | 1;
  readonly version?: 4 | 5;
}

/** All topics of the load. */
export const LOAD_FILTER = "bench/+/state";
/** So many messages at least differ before they come again, in all but their number: far beyond what gzip remembers. */
const LEAST_MESSAGES = 32_768;
/** The `seq` of the first message: all have eight digits, so that a number can be written into place. */
const FIRST_NUMBER = 10_000_000;
/** The longest packet, of the longest topic and payload below. */
const MOST_BYTES = 128;

/**
 * PUBLISH packets, one after the other in one buffer and the first again after the last. Copying some of them and
 * writing numbers and packet ids into the copy costs some 50 ns a message.
 */
export class PreparedMessages {
  readonly count: number;
  readonly #bytes: Buffer;
  /** Where each begins, and the end of the last. */
  readonly #starts: Uint32Array;
  /** How far behind its beginning the packet id and the last digit of the number are. */
  readonly #idAt: Uint8Array;
  readonly #digitAt: Uint8Array;
  readonly #qos: 0 | 1;

  constructor({ topics = 1, probes = 1, qos = 0, version = 4 }: MessageShape) {
    this.count = multipleAbove(multipleAbove(LEAST_MESSAGES, topics), probes);
    this.#qos = qos;
    this.#starts = new Uint32Array(this.count + 1);
    this.#idAt = new Uint8Array(this.count);
    this.#digitAt = new Uint8Array(this.count);
    const bytes = Buffer.allocUnsafeSlow(this.count * MOST_BYTES);
    let at = 0;
    for (let index = 0; index < this.count; index += 1) {
      const topic = mqttText(topicOf(index % topics));
      const before = [...(qos === 0 ? [] : [0, 0]), ...(version === 5 ? [0] : [])];
      const payload = Buffer.from(payloadOf(index, index % probes));
      const whole = packet(0x30 | (qos << 1), topic, before, payload);
      this.#starts[index] = at;
      this.#idAt[index] = whole.length - payload.length - before.length;
      this.#digitAt[index] = whole.lastIndexOf(String(FIRST_NUMBER)) + 7;
      at += whole.copy(bytes, at);
    }
    this.#starts[this.count] = at;
    this.#bytes = bytes.subarray(0, at);
  }

  /**
   * Copies the messages from the `number`th on into a buffer: `most` of them, fewer where the buffer or the prepared
   * ones end.
   * @param nextId gives the packet id of each, for QoS 1
   * @returns how many they are and how many bytes
   */
  copy(into: Buffer, number: number, most: number, nextId: () => number): { messages: number; bytes: number } {
    const first = number % this.count;
    const begin = this.#starts[first] ?? 0;
    let messages = 0;
    const end = Math.min(most, this.count - first);
    while (messages < end && (this.#starts[first + messages + 1] ?? 0) - begin <= into.length) messages += 1;
    const bytes = this.#bytes.copy(into, 0, begin, this.#starts[first + messages]);
    for (let index = first; index < first + messages; index += 1) {
      const start = (this.#starts[index] ?? 0) - begin;
      writeDigits(into, start + (this.#digitAt[index] ?? 0), FIRST_NUMBER + number + index - first);
      if (this.#qos === 0) continue;
      const id = nextId();
      const idAt = start + (this.#idAt[index] ?? 0);
      into[idAt] = id >> 8;
      into[idAt + 1] = id & 255;
    }
    return { messages, bytes };
  }
}

/** The least multiple of `step` that is not below `least`. */
function multipleAbove(least: number, step: number): number {
  return Math.ceil(least / step) * step;
}

function topicOf(index: number): string {
  return `bench/d${index}/state`;
}

/** Some 70 bytes, as a probe would send them. */
function payloadOf(index: number, probe: number): string {
  const c = 90 + ((index * 37) % 4_000) / 100;
  const hum = 30 + ((index * 53) % 400) / 10;
  return `{"probe":"p${probe}","temp":{"c":${c}},"hum":${hum},"seq":${FIRST_NUMBER},"ok":${index % 7 !== 0}}`;
}

function writeDigits(into: Buffer, lastAt: number, number: number): void {
  let left = number;
  for (let at = lastAt; at > lastAt - 8; at -= 1) {
    const tenth = (left / 10) | 0;
    into[at] = 48 + left - tenth * 10;
    left = tenth;
  }
}
