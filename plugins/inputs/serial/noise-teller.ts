import type { InputContext } from "fieldline/plugin";
import { NoiseWatch } from "./noise-watch.ts";

/**
 * Counts `noise_frames`, and reports and logs it when there is more noise than text.
 * @param question what to ask of somebody whose device sends noise
 * @param onText called when the noise is over
 * @returns what is to be given each chunk and the frames that it ended
 */
export function noiseTeller(
  { count, log, report }: Pick<InputContext, "count" | "log" | "report">,
  question: string,
  onText: () => void,
): (chunk: Uint8Array, frames: readonly Uint8Array[]) => void {
  const watch = new NoiseWatch(question);
  let told = false;
  return (chunk, frames) => {
    const noise = watch.add(chunk, frames);
    if (noise > 0) count("noise_frames", noise);
    const { hint } = watch;
    if (told === (hint !== undefined)) return;
    told = hint !== undefined;
    if (hint === undefined) onText();
    else {
      report("up", hint);
      log.warn({}, hint);
    }
  };
}
