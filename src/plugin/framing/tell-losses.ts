import type { InputContext } from "../contract.ts";
import type { FrameLosses } from "./framer.ts";

/** How often the log speaks of frames that are too long; the count has them all. */
const LOG_EVERY_MS = 60_000;

/** Counts the frames an input leaves out, as `partial_frames` and `oversized_frames`, and logs the latter now and then. */
export function tellLosses({ count, log }: Pick<InputContext, "count" | "log">): FrameLosses {
  let logged = -Infinity;
  return {
    partial(length) {
      count("partial_frames");
      log.debug({ bytes: length }, "a frame without its beginning or its end is left out");
    },
    oversized(length, head) {
      count("oversized_frames");
      if (performance.now() - logged < LOG_EVERY_MS) return;
      logged = performance.now();
      const begins = JSON.stringify(Buffer.from(head).toString("latin1"));
      const advice = "if it is not noise, raise max_frame in framing";
      log.warn({ bytes: length }, `a frame longer than max_frame is left out; it begins with ${begins}; ${advice}`);
    },
  };
}
