import { fileURLToPath } from "node:url";
import { agentFolder, MAIN } from "../harness/agent-folder.ts";
import type { Benchmark, Result } from "../harness/benchmark.ts";
import { compare, interleaveAll } from "../harness/interleave.ts";
import { type Piped, pipeThrough } from "../harness/pipe-through.ts";
import { onStage } from "../harness/stage.ts";
import { encodeNaively } from "../programs/naive-codec.ts";
import { samplePoints } from "../programs/sample-points.ts";

const FLOOR = fileURLToPath(new URL("../programs/naive-lines.ts", import.meta.url));
const WARM_UP = 100_000;
const POINTS = { short: 200_000, long: 1_000_000 };
const CONFIGURATION = `
version: 1
agent: { http: false }
inputs: { pipe: { type: stdin } }
outputs: { console: { type: stdout } }
`;

/**
 * Start-up and warm-up are not counted: the clock starts when the first 100,000 lines have come out again. What comes out
 * has to be what went in, byte for byte. The journal is on disk with its default settings; its syncs are counted.
 */
export default {
  name: "stdin",
  summary:
    "Line protocol from stdin to stdout by way of the journal on disk, against the quickest loop that splits, parses and prints the same lines.",
  limit:
    "The floor keeps nothing. Ours writes each line into the journal, reads it back with its checksum, makes a point and writes it again: the same bytes pass four times. CPU time per point is three times the floor, of which parsing and writing are the half (codec).",
  async run(options) {
    const count = options.short ? POINTS.short : POINTS.long;
    const points = samplePoints(WARM_UP + count);
    const warmUp = linesOf(points.slice(0, WARM_UP));
    const main = linesOf(points.slice(WARM_UP));
    const through = (args: readonly string[]) => () =>
      onStage(async (keep) => {
        const { path } = await keep(Promise.resolve(agentFolder(CONFIGURATION)));
        return pipeThrough(args, { signal: options.signal, folder: path, warmUp, main });
      });
    const piped = await interleaveAll(options, { ours: through([MAIN, "run"]), floor: through([FLOOR]) });
    const both = (figure: (piped: Piped) => number) => compare(piped.ours.map(figure), piped.floor.map(figure));
    const speed = both(({ seconds }) => count / seconds);
    const cost = both(({ cpuSeconds }) => (cpuSeconds / count) * 1e6);
    const what = "split, parse, print";
    return [
      {
        what: "points per second",
        unit: "/s",
        ours: speed.ours,
        floor: { what, value: speed.floor },
        ratio: speed.ratio,
        target: { atLeast: 0.5 },
      },
      { what: "CPU per point", unit: "us", ours: cost.ours, floor: { what, value: cost.floor }, ratio: cost.ratio },
    ] satisfies Result[];
  },
} satisfies Benchmark;

function linesOf(points: Parameters<typeof encodeNaively>[0]): Buffer {
  return Buffer.from(encodeNaively(points));
}
