import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark } from "../harness/benchmark.ts";
import { cpuSeconds } from "../harness/cpu.ts";
import { spreadOf } from "../harness/spread.ts";
import { onStage } from "../harness/stage.ts";
import { voluntarySwitches } from "../harness/switches.ts";
import { startFieldline } from "../parts/fieldline.ts";
import { startLoadBroker } from "../parts/load.ts";
import { startSink } from "../parts/sink.ts";
import { usualConfiguration } from "../parts/usual-configuration.ts";

/** Messages a second. */
const RATE = 10;
/** Seconds, each of them; the load is looked at in several windows. */
const LONG = { warmUp: 30, window: 12, windows: 5, silence: 30 };
const SHORT = { warmUp: 3, window: 4, windows: 2, silence: 4 };

/**
 * The CPU time is that of the whole process, as a share of one core. Then the messages stop, and what is left are the
 * agent's own timers, the broker's keep-alive among them: the main thread's voluntary context switches tell how often
 * something woke it.
 */
export default {
  name: "idle",
  summary:
    "An agent with one MQTT input and one InfluxDB output that has next to nothing to do, and then nothing at all.",
  run: ({ short, signal }) =>
    onStage(async (keep) => {
      const { warmUp, window, windows, silence } = short ? SHORT : LONG;
      const sink = await keep(startSink({ count: "points" }, { signal }));
      const broker = await keep(startLoadBroker({ qos: 1 }, { signal }));
      const { pid } = await keep(
        startFieldline(usualConfiguration({ brokerPort: broker.port, sinkPort: sink.port }), { signal }),
      );
      await broker.subscribed(1);

      let from = 0;
      const shareFor = async (seconds: number) => {
        const cpu = cpuSeconds(pid);
        const count = seconds * RATE;
        const { seconds: taken } = await broker.send({ from, count, rate: RATE });
        from += count;
        return ((cpuSeconds(pid) - cpu) / taken) * 100;
      };
      await shareFor(warmUp);
      const shares: number[] = [];
      while (shares.length < windows) shares.push(await shareFor(window));
      await sink.points(from);

      await sleep(2_000, undefined, { signal });
      const before = voluntarySwitches(pid);
      await sleep(silence * 1_000, undefined, { signal });
      const wakeUps = (voluntarySwitches(pid) - before) / silence;
      return [
        {
          what: `${RATE} messages a second: share of a core`,
          unit: "%",
          ours: spreadOf(shares),
          target: { atMost: 1 },
        },
        {
          what: "no message at all: main thread's wake-ups",
          unit: "/s",
          ours: spreadOf([wakeUps]),
          target: { atMost: 2 },
        },
      ];
    }),
} satisfies Benchmark;
