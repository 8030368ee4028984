import { answerOf } from "../harness/answer-of.ts";
import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { interleave } from "../harness/interleave.ts";
import type { AppendSettings } from "../programs/journal-append.ts";

const RECORDS = { short: 200_000, long: 2_000_000 };
const WRITES = { nowhere: "", file: ", written to the page cache" };

/** See bench/programs/journal-append.ts for what is counted. */
export default {
  name: "journal-append",
  summary:
    "Appending records of 100 bytes to the journal, its syncs doing nothing, against a copy and a crc32 of the same bytes.",
  run: async (options) => {
    const results: Result[] = [];
    for (const writes of ["nowhere", "file"] as const)
      for (const batch of [256, 1]) results.push(await measure(writes, batch, options));
    return results;
  },
} satisfies Benchmark;

async function measure(writes: AppendSettings["writes"], batch: number, options: RunOptions): Promise<Result> {
  const records = options.short ? RECORDS.short : RECORDS.long;
  const cost = (side: AppendSettings["side"]) => async () => {
    const settings: AppendSettings = { side, writes, batch, records };
    return (await answerOf<{ readonly nanoseconds: number }>("journal-append.ts", [JSON.stringify(settings)], options))
      .nanoseconds;
  };
  const { ours, floor, ratio } = await interleave(options, cost("ours"), cost("copy"));
  return {
    what: `CPU per record, ${batch} at a time${WRITES[writes]}`,
    unit: "ns",
    ours,
    floor: { what: writes === "file" ? "copy + crc32 + write" : "copy + crc32", value: floor },
    ratio,
    target: { atMost: 1.5 },
  };
}
