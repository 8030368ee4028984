import { MalformedPacket } from "./frames.ts";
import { NO_PROPERTIES, type PublishProperties, readProperties } from "./properties.ts";

/** A PUBLISH packet. */
export interface Publish<Topic = unknown> {
  /** Undefined when only a topic alias says it (MQTT 5). */
  readonly topic: Topic | undefined;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  readonly retain: boolean;
  /** 0 at QoS 0. */
  readonly packetId: number;
  /** A view into the bytes that were read. */
  readonly payload: Buffer;
  readonly properties: PublishProperties;
}

/**
 * Reads a PUBLISH (section 3.3 of MQTT 3.1.1 and 5) from its first byte and its body in `bytes`, from `body` to `end`.
 * @param topicAt makes the topic of the bytes between two places
 * @throws MalformedPacket
 */
export function readPublish<Topic>(
  firstByte: number,
  bytes: Buffer,
  body: number,
  end: number,
  version: 4 | 5,
  topicAt: (bytes: Buffer, start: number, end: number) => Topic,
): Publish<Topic> {
  const qos = (firstByte >> 1) & 3;
  if (qos === 3) throw new MalformedPacket("a PUBLISH has QoS 3");
  const topicStart = body + 2;
  if (topicStart > end) throw new MalformedPacket("a PUBLISH ends within its topic");
  const topicEnd = topicStart + readUint16(bytes, body);
  if (topicEnd + (qos === 0 ? 0 : 2) > end) throw new MalformedPacket("a PUBLISH ends within its topic");
  let at = topicEnd;
  let packetId = 0;
  if (qos !== 0) {
    packetId = readUint16(bytes, at);
    if (packetId === 0) throw new MalformedPacket("a PUBLISH has packet id 0");
    at += 2;
  }
  let properties = NO_PROPERTIES;
  if (version === 5) {
    if (bytes[at] === 0 && at < end) at += 1;
    else [properties, at] = readProperties(bytes, at, end);
  }
  const named = topicEnd > topicStart;
  if (!named && properties.topicAlias === undefined) throw new MalformedPacket("a PUBLISH has no topic");
  return {
    topic: named ? topicAt(bytes, topicStart, topicEnd) : undefined,
    qos: qos as 0 | 1 | 2,
    dup: (firstByte & 8) !== 0,
    retain: (firstByte & 1) !== 0,
    packetId,
    payload: bytes.subarray(at, end),
    properties,
  };
}

function readUint16(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
