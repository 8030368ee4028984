import { answerOf } from "../harness/answer-of.ts";
import type { Benchmark, Result, RunOptions } from "../harness/benchmark.ts";
import { interleave } from "../harness/interleave.ts";
import type { AppendSettings } from "../programs/journal-append.ts";

const RECORDS = { short: 600_000, long: 2_000_000 };
const WRITES = { nowhere: "", file: ", written to the page cache" };

/** See bench/programs/journal-append.ts for what is counted. */
export default {
  name: "journal-append",
  summary:
    "Appending records of 100 bytes to the journal, its syncs doing nothing, against a copy and a crc32 of the same bytes.",
  limit:
    "Beside copy and checksum a record has a head of 22 bytes (kind, index, time), its source, its bookkeeping by input and segment, and the SHA-256 of whole segments: 150 ns for some forty small writes and lookups, where the floor has one call each of copy and crc32, which are native. Appended one at a time, each has its own promise and its own place in the queue of syncs, which is what a caller that waits for it asks for.",
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
