import { isUtf8 } from "node:buffer";
import { excerpt } from "fieldline/plugin";
import { findFault } from "./fault.ts";

/** Why a payload is not JSON (RFC 8259) in UTF-8, and where; undefined when it is. */
export function whyNotJson(payload: Uint8Array): string | undefined {
  if (!isUtf8(payload)) return `the payload is not UTF-8: ${excerpt(payload)}`;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const text = bytes.toString().replace(/^\uFEFF/, "");
  if (text.trim() === "") return "the payload is empty";
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? TOO_DEEP : `the payload is not JSON: ${findFault(text)}`;
  }
}

export const TOO_DEEP = "the payload is nested too deeply";
