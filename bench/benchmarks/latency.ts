import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark, RunOptions } from "../harness/benchmark.ts";
import { compare, interleaveAll } from "../harness/interleave.ts";
import { startProgram } from "../harness/program.ts";
import { type Pty, startPty } from "../harness/pty.ts";
import { spreadOf } from "../harness/spread.ts";
import { onStage } from "../harness/stage.ts";
import { startFieldline } from "../parts/fieldline.ts";
import { startNotingSink } from "../parts/noting-sink.ts";
import type { SerialEchoSettings } from "../programs/serial-echo.ts";

const LINES = { short: 100, long: 1_000 };
const WARM_UP = { short: 50, long: 200 };
/** Lines come so far apart, at random, so that they meet every moment of a timer. */
const PAUSE_MS = { least: 3, most: 15 };
const PERCENTILE = 0.99;
const ECHO = join(import.meta.dirname, "../programs/serial-echo.ts");

/**
 * A line of line protocol is written to a pseudo-terminal; what counts is the time until the HTTP request with its point
 * has come whole, or until serialport's echo of it has come back. Ours has the journal on disk and waits for its sync.
 * The sender, the sink and the clock are in this process. Every line has to come.
 */
export default {
  name: "latency",
  summary: "From a line on the serial port to the sink, 99th percentile, max_wait 0, against serialport echoing it.",
  limit:
    "Between a line and its POST are one fdatasync, the journal's reader, a batch of its own and the POST itself, each handed over in a turn of the event loop. The 99th percentile is that of the scheduler, on two cores that the sink, the pseudo-terminal and the agent share: quiet runs gave 4.2 to 5.2 ms, loaded ones 6 and more.",
  async run(options) {
    const { ours, floor } = await interleaveAll(options, { ours: () => toSink(options), floor: () => echo(options) });
    const compared = compare(ours, floor);
    return [
      {
        what: "99th percentile, beyond that of the echo",
        unit: "ms",
        ours: spreadOf(ours.map((value, round) => value - (floor[round] ?? Number.NaN))),
        target: { atMost: 5 },
      },
      {
        what: "99th percentile",
        unit: "ms",
        ours: compared.ours,
        floor: { what: "serialport echo", value: compared.floor },
        ratio: compared.ratio,
      },
    ];
  },
} satisfies Benchmark;

function toSink({ short, signal }: RunOptions): Promise<number> {
  return onStage(async (keep) => {
    const pty = await keep(startPty(signal));
    const stopwatch = new Stopwatch();
    const sink = await keep(startNotingSink((body) => stopwatch.arrived(body)));
    await keep(startFieldline(configurationOf(pty, sink.port), { signal }));
    return percentileOf(pty, stopwatch, short, signal);
  });
}

function echo({ short, signal }: RunOptions): Promise<number> {
  return onStage(async (keep) => {
    const pty = await keep(startPty(signal));
    const stopwatch = new Stopwatch();
    pty.onData((chunk) => stopwatch.arrived(chunk.toString()));
    await keep(startProgram(ECHO, [JSON.stringify({ path: pty.path } satisfies SerialEchoSettings)], { signal }));
    return percentileOf(pty, stopwatch, short, signal);
  });
}

/** @returns milliseconds */
async function percentileOf(pty: Pty, stopwatch: Stopwatch, short: boolean, signal: AbortSignal): Promise<number> {
  // What comes before the first line end is no whole line to the agent.
  pty.write("\n");
  const send = async (lines: number) => {
    for (let line = 0; line < lines; line += 1) {
      pty.write(`board celsius=21.5,n=${stopwatch.begin()}i\n`);
      await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least), undefined, { signal });
    }
    await stopwatch.allArrived(signal);
  };
  await send(short ? WARM_UP.short : WARM_UP.long);
  const warm = stopwatch.times.length;
  await send(short ? LINES.short : LINES.long);
  const times = stopwatch.times.slice(warm).toSorted((a, b) => a - b);
  return times[Math.ceil(times.length * PERCENTILE) - 1] ?? Number.NaN;
}

/** How long each line took. */
class Stopwatch {
  readonly times: number[] = [];
  readonly #begun: number[] = [];
  #rest = "";

  /** A line leaves. @returns its number */
  begin(): number {
    return this.#begun.push(performance.now()) - 1;
  }

  /** Lines have come, or parts of them. */
  arrived(text: string): void {
    const now = performance.now();
    this.#rest += text;
    for (const [found, number] of this.#rest.matchAll(/,n=(\d+)i/g)) {
      this.times.push(now - (this.#begun[Number(number)] ?? Number.NaN));
      this.#rest = this.#rest.slice(this.#rest.indexOf(found) + found.length);
    }
  }

  /** @throws Error when a line does not come, or comes twice */
  async allArrived(signal: AbortSignal): Promise<void> {
    for (let tries = 0; this.times.length < this.#begun.length && tries < 500; tries += 1)
      await sleep(10, undefined, { signal });
    if (this.times.length !== this.#begun.length)
      throw new Error(`of ${this.#begun.length} lines ${this.times.length} came`);
  }
}

function configurationOf({ path }: Pty, sinkPort: number): string {
  return `version: 1
agent: { http: "127.0.0.1:0" }
inputs:
  board: { type: serial, port: ${path} }
outputs:
  sink: { type: influxdb, url: "http://127.0.0.1:${sinkPort}", database: bench, batch: { max_wait: 0 } }
`;
}
