import type { Reading, Timestamp } from "fieldline/plugin";
import { fingerprint } from "./fingerprint.ts";
import { fingerprintOf } from "./topics.ts";

const MAX_PACKET_IDS = 65_536;

/**
 * The last message of each packet id of a session: enough to recognise one that the broker sends again. Plain arrays
 * by packet id, 24 bytes each, because a session has up to 65,535 of them.
 */
export class Deliveries {
  #seconds = new Float64Array(0);
  #nanos = new Uint32Array(0);
  #fingerprints = new Uint32Array(0);
  /** When the acknowledgement left, in milliseconds of performance.now(); 0 before that. */
  #acknowledged = new Float64Array(0);

  /** Keeps what was received under a packet id, over what was there. @param message its fingerprint, topic and payload */
  remember(packetId: number, message: number, time: Timestamp): void {
    if (packetId >= this.#seconds.length) this.#grow(packetId);
    this.#seconds[packetId] = time.seconds;
    this.#nanos[packetId] = time.nanos;
    this.#fingerprints[packetId] = message;
    this.#acknowledged[packetId] = 0;
  }

  /** The acknowledgement of a packet id left at `now`. */
  acknowledged(packetId: number, now: number): void {
    if (packetId < this.#acknowledged.length) this.#acknowledged[packetId] = now;
  }

  /**
   * Forgets what was acknowledged before `moment`. Once the broker has the acknowledgement it sends another message
   * under that packet id: when that one is sent again, and says the same, it is not the old one.
   */
  forgetAcknowledged(moment: number): void {
    for (const [packetId, at] of this.#acknowledged.entries()) if (at > 0 && at < moment) this.#seconds[packetId] = 0;
  }

  /** When this message was first received under this packet id; undefined when another or none was. */
  find(packetId: number, message: number): Timestamp | undefined {
    const seconds = this.#seconds[packetId];
    if (seconds === undefined || seconds === 0 || this.#fingerprints[packetId] !== message) return undefined;
    return { seconds, nanos: this.#nanos[packetId] ?? 0 };
  }

  /** Learns from the journal what was received before a restart, oldest first. */
  learn(readings: readonly Reading[]): void {
    for (const { channel, payload, time, attributes } of readings) {
      const packetId = Number(attributes?.["packet_id"]);
      if (!(packetId > 0 && packetId < MAX_PACKET_IDS)) continue;
      this.remember(packetId, fingerprint(payload, fingerprintOf(channel)), time);
      this.acknowledged(packetId, performance.now());
    }
  }

  /** Forgets all: packet ids of another session mean other messages. */
  clear(): void {
    this.#seconds.fill(0);
  }

  #grow(packetId: number): void {
    let length = 256;
    while (length <= packetId) length *= 2;
    this.#seconds = larger(this.#seconds, new Float64Array(length));
    this.#nanos = larger(this.#nanos, new Uint32Array(length));
    this.#fingerprints = larger(this.#fingerprints, new Uint32Array(length));
    this.#acknowledged = larger(this.#acknowledged, new Float64Array(length));
  }
}

function larger<Numbers extends Float64Array | Uint32Array>(numbers: Numbers, into: Numbers): Numbers {
  into.set(numbers);
  return into;
}
