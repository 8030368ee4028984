import { answerOf } from "../harness/answer-of.ts";
import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { interleave } from "../harness/interleave.ts";

const POINTS = { short: 500_000, long: 3_000_000 };

export default {
  name: "codec",
  summary: "Line protocol encoded and decoded, and nothing else, against a loop that escapes and checks nothing.",
  run: async (options) => [await measure("encode", options), await measure("decode", options)],
} satisfies Benchmark;

/** Points per second of CPU time; see bench/programs/codec.ts for what is counted. */
async function measure(direction: "encode" | "decode", options: RunOptions): Promise<Result> {
  const points = options.short ? POINTS.short : POINTS.long;
  const rate = (side: "ours" | "naive") => async () => {
    const { microseconds } = await answerOf<{ readonly microseconds: number }>(
      "codec.ts",
      [side, direction, points],
      options,
    );
    return 1e6 / microseconds;
  };
  const { ours, floor, ratio } = await interleave(options, rate("ours"), rate("naive"));
  return {
    what: `${direction}: points per CPU second`,
    unit: "/s",
    ours,
    floor: { what: "naive loop", value: floor },
    ratio,
    target: { atLeast: 0.6 },
  };
}
