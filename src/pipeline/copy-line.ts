import { crc32 } from "node:zlib";
import type { Attributes, Reading } from "../model/index.ts";

type Fields = readonly [
  offset: number,
  input: string,
  channel: string,
  seconds: number,
  nanos: number,
  payload: string,
  attributes?: Attributes,
];

/**
 * A reading as a line of a file: CRC-32 of the rest in eight hexadecimal digits, a space, and the JSON array `[offset,
 * input, channel, seconds, nanos, payload in base64]`, with the attributes as a seventh item where there are any.
 */
export function copyLine({ offset, input, channel, time, payload, attributes }: Reading): string {
  const { seconds, nanos } = time;
  const fields = [offset, input, channel, seconds, nanos, Buffer.from(payload).toString("base64")];
  const json = JSON.stringify(attributes === undefined ? fields : [...fields, attributes]);
  return `${checksum(json)} ${json}\n`;
}

/** The reading of a line without its line feed; undefined for a damaged one. */
export function readCopyLine(line: string): Reading | undefined {
  const json = line.slice(9);
  if (json === "" || line.slice(0, 9) !== `${checksum(json)} `) return undefined;
  const [offset, input, channel, seconds, nanos, payload, attributes] = JSON.parse(json) as Fields;
  const reading = { offset, input, channel, time: { seconds, nanos }, payload: Buffer.from(payload, "base64") };
  return attributes === undefined ? reading : { ...reading, attributes };
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
