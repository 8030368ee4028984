import { answerOf } from "../harness/answer-of.ts";
import type { Benchmark } from "../harness/benchmark.ts";
import { interleave } from "../harness/interleave.ts";

const READINGS = { short: 300_000, long: 2_000_000 };

export default {
  name: "chain",
  summary: "70 bytes of JSON decoded to points by a chain, against JSON.parse of the same texts.",
  run: async (options) => {
    const readings = options.short ? READINGS.short : READINGS.long;
    const cost = (side: "ours" | "parse") => async () =>
      (await answerOf<{ readonly microseconds: number }>("chain.ts", [side, readings], options)).microseconds;
    const { ours, floor, ratio } = await interleave(options, cost("ours"), cost("parse"));
    return [{ what: "CPU per reading", unit: "us", ours, floor: { what: "JSON.parse", value: floor }, ratio }];
  },
} satisfies Benchmark;
