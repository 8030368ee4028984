import type { Entry } from "../agent/index.ts";
import { fieldOf, momentText, utf8Text } from "./field-text.ts";

/** How many characters of a payload a line shows, and how many bytes of one that is no text. */
const SHOWN = { characters: 160, bytes: 48 };

/** An entry as one line: offset, time, then input, channel and payload of a reading, or the kind of a mark. */
export function entryLine(entry: Entry): string {
  const head = [String(entry.offset), momentText(entry.time)];
  const rest =
    entry.kind === "reading"
      ? [fieldOf(entry.input), fieldOf(entry.channel), payloadExcerpt(entry.payload)]
      : [
          `(${entry.kind})`,
          ...Object.entries(entry.attributes ?? {}).map(([key, value]) => fieldOf(`${key}=${value}`)),
        ];
  return `${[...head, ...rest].join("  ")}\n`;
}

/**
 * An entry as a line of JSON: `offset`, `time` to the nanosecond, `input`, `channel`, `attributes` where there are any,
 * and `payload` as text or, when it is no UTF-8, `payload_base64`; of a mark `mark` in place of the input.
 */
export function entryJson(entry: Entry): string {
  const { offset, attributes } = entry;
  const head = { offset, time: momentText(entry.time) };
  if (entry.kind !== "reading") return `${JSON.stringify({ ...head, mark: entry.kind, attributes })}\n`;
  const { input, channel, payload } = entry;
  const text = utf8Text(payload);
  const written = text === undefined ? { payload_base64: Buffer.from(payload).toString("base64") } : { payload: text };
  return `${JSON.stringify({ ...head, input, channel, attributes, ...written })}\n`;
}

/** The payload's bytes as they are, with a line feed where they do not end in one. */
export function payloadLine(payload: Uint8Array): Uint8Array {
  return payload.at(-1) === 10 ? payload : Buffer.concat([payload, Buffer.from("\n")]);
}

function payloadExcerpt(payload: Uint8Array): string {
  const text = utf8Text(payload);
  if (text === undefined) {
    const hex = Buffer.from(payload.subarray(0, SHOWN.bytes)).toString("hex");
    return `0x${hex}${payload.length > SHOWN.bytes ? more(payload.length) : ""}`;
  }
  const characters = Array.from(text.slice(0, 2 * SHOWN.characters))
    .slice(0, SHOWN.characters)
    .join("");
  return fieldOf(characters) + (characters.length < text.length ? more(payload.length) : "");
}

function more(bytes: number): string {
  return `… (${bytes} bytes)`;
}
