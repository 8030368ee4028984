import { createHash } from "node:crypto";
import type { Arrival, Attributes } from "../model/index.ts";

const KEPT_BYTES = 4096;

/**
 * What the journal keeps of an arrival above `max_reading`: its length, its SHA-256 and its first 4 KiB. The reading
 * is acknowledged, so that it cannot come again and again, and every outlet rejects it.
 */
export function cutOversized(arrival: Arrival): Arrival {
  const { payload } = arrival;
  const sha256 = createHash("sha256").update(payload).digest("hex");
  const attributes = { ...arrival.attributes, oversized: String(payload.length), sha256 };
  return { ...arrival, payload: payload.subarray(0, KEPT_BYTES), attributes };
}

/** Why a reading that was cut is a reject; undefined for a whole one. */
export function oversizedReason(attributes: Attributes | undefined): string | undefined {
  const length = attributes?.["oversized"];
  if (length === undefined) return undefined;
  return `the reading has ${length} bytes, more than the input's max_reading or than the whole journal may take`;
}
