import { DelimitedFramer } from "./delimited.ts";
import { FixedLengthFramer } from "./fixed-length.ts";
import type { FrameLosses, Framer, Framing } from "./framer.ts";

/**
 * A framer for one stream.
 * @param midstream the stream may begin within a frame: what comes before the first delimiter is left out as partial
 */
export function createFramer(framing: Framing, losses: FrameLosses, midstream = false): Framer {
  return framing.type === "length"
    ? new FixedLengthFramer(framing.length, losses)
    : new DelimitedFramer(framing, losses, midstream);
}
