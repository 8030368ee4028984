import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Benchmark, RunOptions } from "../harness/benchmark.ts";
import { diskFolder } from "../harness/disk-folder.ts";
import { interleave } from "../harness/interleave.ts";
import { spreadOf } from "../harness/spread.ts";
import { onStage } from "../harness/stage.ts";
import { startFieldline } from "../parts/fieldline.ts";
import { startLoadBroker } from "../parts/load.ts";
import { usualConfiguration } from "../parts/usual-configuration.ts";

/** Starts of which the median is one measurement. */
const STARTS = { short: 3, long: 5 };
const ROOT = new URL("../..", import.meta.url);
/** Nobody listens there: what an output finds does not hold up a start. */
const SINK_PORT = 9;

const execute = promisify(execFile);

/**
 * From the moment before the process is made until the broker has answered its subscription; an empty data directory, the
 * usual configuration with the live page. The floor is a whole run of Node that loads mqtt.js and ends. Both have a compile
 * cache that the round before the first has filled.
 */
export default {
  name: "start",
  summary: "From process start to the first subscription acknowledged, against `node -e \"require('mqtt')\"`.",
  limit:
    "A start takes as long under both versions of Node; Node 22 loads mqtt alone in 71 ms where Node 24 needs 92, and that is the floor.",
  run: (options) =>
    onStage(async (keep) => {
      const cache = await keep(Promise.resolve(diskFolder()));
      const environment = { NODE_COMPILE_CACHE: cache.path };
      const { ours, floor, ratio } = await interleave(
        options,
        medianOf(options, () => subscribe(environment, options.signal)),
        medianOf(options, () => loadMqtt(environment, options.signal)),
      );
      const target = { atMost: 3 };
      return [
        {
          what: "start to SUBACK",
          unit: "ms",
          ours,
          floor: { what: "node with mqtt loaded", value: floor },
          ratio,
          target,
        },
      ];
    }),
} satisfies Benchmark;

function medianOf({ short }: RunOptions, start: () => Promise<number>): () => Promise<number> {
  return async () => {
    const times: number[] = [];
    while (times.length < (short ? STARTS.short : STARTS.long)) times.push(await start());
    return spreadOf(times).median;
  };
}

/** @returns milliseconds */
function subscribe(environment: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number> {
  return onStage(async (keep) => {
    const broker = await keep(startLoadBroker({}, { signal }));
    const configuration = usualConfiguration({ brokerPort: broker.port, sinkPort: SINK_PORT });
    const begun = performance.now();
    const subscribed = broker.subscribed(1).then(() => performance.now());
    const [at] = await Promise.all([subscribed, keep(startFieldline(configuration, { signal, environment }))]);
    return at - begun;
  });
}

/** @returns milliseconds */
async function loadMqtt(environment: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number> {
  const begun = performance.now();
  await execute(process.execPath, ["-e", "require('mqtt')"], {
    cwd: ROOT,
    signal,
    env: { ...process.env, ...environment },
  });
  return performance.now() - begun;
}
