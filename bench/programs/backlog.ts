import { join } from "node:path";
import { Journal } from "../../src/journal/index.ts";
import { addNanos, type Arrival, type Timestamp } from "../../src/model/index.ts";
import { encodeNaively } from "./naive-codec.ts";
import { samplePoints } from "./sample-points.ts";

/** The id of the input in whose name the backlog is. */
export const BACKLOG_INPUT = "load";

/** Readings, and the points that they become. */
export interface Backlog {
  readonly readings: readonly Omit<Arrival, "time">[];
  /** The lines that an output has to send, in order. */
  readonly lines: (timeOf: (reading: number) => Timestamp) => string[];
}

const START: Timestamp = { seconds: 1_790_000_000, nanos: 0 };
/** Readings come a tenth of a millisecond apart. */
const STEP_NANOS = 100_003;
const APPENDED_TOGETHER = 1_000;
/** A reading of stdin holds about so many lines: 64 KiB. */
const LINES_TOGETHER = 600;
const NANOS_PER_SECOND = 1_000_000_000;

/** JSON messages of some 70 bytes from 100 devices, of which each becomes one point. */
export function jsonBacklog(points: number): Backlog {
  const values = Array.from({ length: points }, (_, index) => ({
    device: `d${index % 100}`,
    probe: `p${index % 4}`,
    celsius: 90 + ((index * 37) % 4_000) / 100,
    humidity: 30 + ((index * 53) % 400) / 10,
    number: 10_000_000 + index,
    ok: index % 7 !== 0,
  }));
  return {
    readings: values.map(({ device, probe, celsius, humidity, number, ok }) => ({
      channel: `bench/${device}/state`,
      payload: Buffer.from(`{"probe":"${probe}","temp":{"c":${celsius}},"hum":${humidity},"seq":${number},"ok":${ok}}`),
    })),
    lines: (timeOf) =>
      values.map(({ device, probe, celsius, humidity, number, ok }, index) => {
        const time = nanosText(timeOf(index));
        return `bench,device=${device},probe=${probe} temp_c=${celsius},hum=${humidity},seq=${number},ok=${ok} ${time}`;
      }),
  };
}

/** Readings of many lines each. */
export function linesBacklog(points: number): Backlog {
  const lines = encodeNaively(samplePoints(points)).trimEnd().split("\n");
  const readings = Array.from({ length: Math.ceil(points / LINES_TOGETHER) }, (_, index) => ({
    channel: "stdin",
    payload: Buffer.from(`${lines.slice(index * LINES_TOGETHER, (index + 1) * LINES_TOGETHER).join("\n")}\n`),
  }));
  return { readings, lines: () => lines };
}

/** Writes the readings into the journal of a new data directory. */
export async function writeBacklog(dataDirectory: string, { readings }: Backlog): Promise<void> {
  const journal = await Journal.open({
    directory: join(dataDirectory, "journal"),
    durability: "disk",
    syncWithinMs: 1_000,
    maxSize: 2 ** 30,
    maxAgeMs: 604_800_000,
    whenFull: "block",
  });
  for (let at = 0; at < readings.length; at += APPENDED_TOGETHER) {
    const together = readings.slice(at, at + APPENDED_TOGETHER);
    const arrivals = together.map((reading, index) => ({ ...reading, time: receiveTime(at + index) }));
    await journal.append(BACKLOG_INPUT, arrivals, { senderWaits: true });
  }
  await journal.close();
}

/** When the reading of that number was received. */
export function receiveTime(reading: number): Timestamp {
  return addNanos(START, reading * STEP_NANOS);
}

function nanosText({ seconds, nanos }: Timestamp): string {
  return `${seconds}${String(NANOS_PER_SECOND + nanos).slice(1)}`;
}
