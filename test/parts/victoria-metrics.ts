import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type Program, startProgram } from "./program.ts";

/** One sample: labels without the name, the value as a float, and the time in milliseconds since 1970. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly millis: number;
}

/**
 * A real VictoriaMetrics with a folder of its own. A field of a point is the metric `MEASUREMENT_FIELD`; strings become
 * 0, 64-bit integers are rounded, times are cut to milliseconds, and the same timestamp keeps all values.
 */
export interface VictoriaMetrics {
  /** `http://127.0.0.1:PORT`, the same after a restart; it takes `/write` (1.x) and `/api/v2/write` (2.x). */
  readonly url: string;
  /** All samples of a metric, series by series. What has been written is made visible first. */
  readonly points: (metric: string) => Promise<readonly Sample[]>;
  readonly count: (metric: string) => Promise<number>;
  /** The different values of a metric. */
  readonly distinct: (metric: string) => Promise<readonly number[]>;
  /** Ends it with SIGTERM; the data stays. */
  readonly stop: () => Promise<void>;
  /** Ends it with SIGKILL: it loses what came within about the last second. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port with the same data, after `stop` or `kill`. */
  readonly start: () => Promise<void>;
  /** Ends it and removes its data. */
  readonly remove: () => Promise<void>;
}

/** Starts victoria-metrics on loopback with an empty folder and waits until it answers. */
export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-victoria-"));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  // Points of any year from 1970 on are kept, else old test data would vanish.
  const args = [
    `-storageDataPath=${folder}`,
    `-httpListenAddr=${address}`,
    "-retentionPeriod=100y",
    "-loggerLevel=WARN",
  ];
  const start = async () =>
    startProgram("victoria-metrics", args, async () => {
      const answer = await fetch(`${url}/health`).catch(() => undefined);
      return answer?.status === 200;
    });
  let program: Program = await start();

  const points = async (metric: string) => {
    await fetch(`${url}/internal/force_flush`);
    const query = new URLSearchParams({ "match[]": `{__name__=${JSON.stringify(metric)}}`, start: "0" });
    const answer = await fetch(`${url}/api/v1/export?${query.toString()}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`victoria-metrics: ${text}`);
    return text.split("\n").filter(Boolean).flatMap(samplesOf);
  };
  return {
    url,
    points,
    count: async (metric) => (await points(metric)).length,
    distinct: async (metric) => [...new Set((await points(metric)).map((sample) => sample.value))],
    stop: async () => program.stop(),
    kill: async () => program.stop("SIGKILL"),
    start: async () => {
      program = await start();
    },
    remove: async () => {
      await program.stop("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The samples of one line of an export: a series. */
function samplesOf(line: string): Sample[] {
  const series = JSON.parse(line) as { metric: Record<string, string>; values: number[]; timestamps: number[] };
  const { __name__: _name, ...labels } = series.metric;
  return series.values.map((value, index) => ({ labels, value, millis: series.timestamps[index] ?? Number.NaN }));
}
