import { MalformedPacket } from "./frames.ts";

/** The properties of an MQTT 5 PUBLISH that matter to a reading. */
export interface PublishProperties {
  readonly topicAlias?: number;
  readonly contentType?: string;
  readonly responseTopic?: string;
  readonly user?: readonly (readonly [string, string])[];
}

export const NO_PROPERTIES: PublishProperties = {};

const TOPIC_ALIAS = 0x23;
const CONTENT_TYPE = 0x03;
const RESPONSE_TOPIC = 0x08;
const USER_PROPERTY = 0x26;

/** How the values of a PUBLISH's properties are written (MQTT 5 sections 2.2.2.2 and 3.3.2.3). */
const FORMS: Readonly<Record<number, "byte" | "two bytes" | "four bytes" | "varying" | "text" | "pair">> = {
  0x01: "byte", // payload format indicator
  0x02: "four bytes", // message expiry interval
  [CONTENT_TYPE]: "text",
  [RESPONSE_TOPIC]: "text",
  0x09: "text", // correlation data
  0x0b: "varying", // subscription identifier
  [TOPIC_ALIAS]: "two bytes",
  [USER_PROPERTY]: "pair",
};

/**
 * Reads the properties, with their length before them, at `at`.
 * @returns them, and where the payload begins
 * @throws MalformedPacket
 */
export function readProperties(bytes: Buffer, at: number, end: number): [PublishProperties, number] {
  const cursor = new Cursor(bytes, at, end);
  const length = cursor.varying();
  const until = cursor.at + length;
  if (until > end) throw tooShort();
  const properties: { -readonly [K in keyof PublishProperties]: PublishProperties[K] } = {};
  const user: [string, string][] = [];
  cursor.end = until;
  while (cursor.at < until) {
    const id = cursor.varying();
    const value = readValue(cursor, id);
    if (id === TOPIC_ALIAS) properties.topicAlias = value as number;
    else if (id === CONTENT_TYPE) properties.contentType = value as string;
    else if (id === RESPONSE_TOPIC) properties.responseTopic = value as string;
    else if (id === USER_PROPERTY) user.push(value as [string, string]);
  }
  if (user.length > 0) properties.user = user;
  return [properties, until];
}

function readValue(cursor: Cursor, id: number): number | string | [string, string] {
  const form = FORMS[id];
  if (form === "byte") return cursor.number(1);
  if (form === "two bytes") return cursor.number(2);
  if (form === "four bytes") return cursor.number(4);
  if (form === "varying") return cursor.varying();
  if (form === "text") return cursor.text();
  if (form === "pair") return [cursor.text(), cursor.text()];
  throw new MalformedPacket(`a PUBLISH has property ${id}, which it cannot have`);
}

function tooShort(): MalformedPacket {
  return new MalformedPacket("a PUBLISH ends within its properties");
}

class Cursor {
  readonly bytes: Buffer;
  at: number;
  end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  number(length: number): number {
    if (this.at + length > this.end) throw tooShort();
    this.at += length;
    return this.bytes.readUIntBE(this.at - length, length);
  }

  text(): string {
    const length = this.number(2);
    if (this.at + length > this.end) throw tooShort();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  varying(): number {
    let value = 0;
    for (let index = 0; index < 4; index++) {
      const byte = this.number(1);
      value += (byte & 127) * 128 ** index;
      if (byte < 128) return value;
    }
    throw new MalformedPacket("a PUBLISH has a length of more than four bytes among its properties");
  }
}
