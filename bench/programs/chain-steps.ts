/**
 * Runs points through a chain of so many `scale` steps, and nothing else: the decoder gives ready-made points, nothing is
 * read, encoded or sent. Prints the CPU time per point, in nanoseconds, after the warm-up.
 */
import scale from "../../plugins/processors/scale/index.ts";
import type { Reading, Timestamp } from "../../src/model/index.ts";
import { Chain, type Source, type Step } from "../../src/pipeline/index.ts";
import { settingsOf } from "./control.ts";
import { samplePoints } from "./sample-points.ts";

export interface ChainStepsSettings {
  readonly steps: number;
  readonly points: number;
}

/** Points that go through the steps together. */
const BLOCK = 500;
const WARM_UP_BLOCKS = 400;
const TIME: Timestamp = { seconds: 1_790_000_000, nanos: 0 };

const settings = settingsOf() as ChainStepsSettings;
const points = samplePoints(BLOCK);
const source: Source = {
  decoder: { decode: ({ offset }) => ({ points: points.slice(offset, offset + 1) }) },
  origin: () => ({ tags: new Map() }),
  tags: new Map(),
  fingerprint: "",
};
const steps = Array.from({ length: settings.steps }, (_, index): Step => {
  const processor = scale.create({ fields: ["celsius"], multiply: 1.000_01, offset: 0.01 });
  return { id: `scale-${index}`, fingerprint: "", processor };
});
const chain = new Chain({ sources: new Map([["load", source]]), steps });
const readings = points.map((_, offset): Reading => ({
  input: "load",
  channel: "bench/d0/state",
  payload: Buffer.alloc(0),
  time: TIME,
  offset,
}));

const blocks = Math.ceil(settings.points / BLOCK);
runBlocks(WARM_UP_BLOCKS);
const before = process.cpuUsage();
runBlocks(blocks);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ nanoseconds: ((user + system) * 1_000) / (blocks * BLOCK) })}\n`);

function runBlocks(count: number): void {
  for (let block = 0; block < count; block += 1) {
    const made = chain.run(readings);
    if (made.points.length !== BLOCK) throw new Error(`of ${BLOCK} points ${made.points.length} came through`);
  }
}
