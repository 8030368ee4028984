import { setTimeout as sleep } from "node:timers/promises";
import { type BoardReading, eachBoardReading } from "./board-readings.ts";
import { CHANNELS, isRight, startStage, storedPoints, timesRead } from "./board-stage.ts";

/** So often each channel is read: eight of them are 267 groups of up to 40 bytes a second, nine tenths of what 115,200 baud carry. */
const EVERY_MS = 30;
/** Until all channels are configured and the fit has settled only the sequence and the values count. */
const SETTLING_MS = 5_000;
/** The fit is sure after ten seconds that a clock has stood still, after twenty when it did so twice. */
const SURE_MS = 22_000;
/** A clock of whole milliseconds says less than that by up to one, and a little: the Arduino core's is in steps of 1.024. */
const CLOCK_STEP_MS = 1.1;
/** How far from the truth a reading's time may be, in milliseconds. */
const MOST_OFF_MS = 2;
/** A machine that is too busy stops the simulated chip for a while; what its clock means is another moment then. */
const SAME_MS = 0.2;
const LOOK_MS = 250;
/** Of fewer of the readings than that the times say nothing about all. */
const LEAST_JUDGED = 0.1;

export interface FlowReport {
  readonly readings: number;
  /** When all was settled: of all the groups that the channels are due to give, how many came, from 0 to 1. */
  readonly rate: number;
  /** Sequence numbers that are missing between the first and the last. */
  readonly missing: number;
  readonly wrong: readonly string[];
  /** Points that the store lacks. */
  readonly undelivered: number;
  /** The worst error of a reading's time, in milliseconds. */
  readonly offMs: number;
  /** How many readings' times were judged: those while the simulated chip kept pace; and how many of them had too great an error. */
  readonly judged: number;
  readonly off: number;
  readonly readTimes: number;
}

/** Reads a board as fast as its line allows, and looks whether all came, was right and had the right time. */
export async function runFlow(seconds: number, signal: AbortSignal): Promise<FlowReport> {
  await using parts = new AsyncDisposableStack();
  const stage = await startStage(EVERY_MS, parts, signal);
  await stage.until("the board to be read", () => timesRead(stage) > 0);
  const pace = new Pace();
  for (const end = Date.now() + seconds * 1_000; Date.now() < end;) {
    pace.add(Date.now(), Number(await stage.board.tell("began")) / 1_000);
    await sleep(LOOK_MS, undefined, { signal });
  }
  await stage.command.stop();
  const account = new Account(pace);
  await eachBoardReading(stage.journal, (reading) => account.take(reading));
  const { readings, missing, wrong, offMs, judged, off, rate } = account;
  const undelivered = readings - (await storedPoints(stage));
  return { readings, rate, missing, wrong, undelivered, offMs, judged, off, readTimes: timesRead(stage) };
}

/** What a flow has done wrong, as sentences. */
export function faultsOfFlow(report: FlowReport): string[] {
  const { readings, rate, missing, wrong, undelivered, offMs, judged, off, readTimes } = report;
  return [
    ...(missing === 0 ? [] : [`${missing} readings are missing`]),
    ...(wrong.length === 0 ? [] : [`${wrong.length} lines are wrong, such as ${wrong[0]}`]),
    ...(undelivered === 0 ? [] : [`the store lacks ${undelivered} points`]),
    ...(rate > 0.99 ? [] : [`only ${(100 * rate).toFixed(1)} % of the readings that were due came`]),
    ...(judged > LEAST_JUDGED * readings
      ? []
      : [`only ${judged} of ${readings} readings' times could be judged: the machine is too busy for the simulator`]),
    ...(offMs <= MOST_OFF_MS ? [] : [`the times of ${off} readings are off, the worst by ${offMs.toFixed(2)} ms`]),
    ...(readTimes === 1 ? [] : [`the board was connected ${readTimes} times`]),
  ];
}

/** When the simulated chip began to run, as it was seen again and again. */
class Pace {
  readonly #steady: { settled: number; to: number; began: number }[] = [];

  /** At `at` it was `began`; both in milliseconds since 1970. */
  add(at: number, began: number): void {
    const last = this.#steady.at(-1);
    if (last !== undefined && Math.abs(last.began - began) <= SAME_MS) last.to = at;
    else this.#steady.push({ settled: at + (last === undefined ? SETTLING_MS : SURE_MS), to: at, began });
  }

  /** When its clock was 0, for a moment at which that had been so for long enough; undefined for another. */
  beganAt(moment: number): number | undefined {
    return this.#steady.find(({ settled, to }) => moment > settled && moment < to)?.began;
  }
}

class Account {
  readonly #pace: Pace;
  readings = 0;
  missing = 0;
  readonly wrong: string[] = [];
  offMs = 0;
  judged = 0;
  off = 0;
  #firstClock: number | undefined;
  /** The first and the last reading after it had settled. */
  #settled: { readonly from: BoardReading; to: BoardReading } | undefined;
  #last: BoardReading | undefined;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Readings that came, of those that were due. */
  get rate(): number {
    const { from, to } = this.#settled ?? {};
    if (from?.clock === undefined || to?.clock === undefined) return 0;
    return (to.sequence - from.sequence) / ((CHANNELS * (to.clock - from.clock)) / EVERY_MS);
  }

  take(reading: BoardReading): void {
    this.readings += 1;
    if (this.#last !== undefined) this.missing += Math.abs(reading.sequence - this.#last.sequence - 1);
    this.#last = reading;
    if (!isRight(reading.line)) this.wrong.push(reading.line);
    const { clock } = reading;
    if (clock === undefined) return;
    this.#firstClock ??= clock;
    if (clock - this.#firstClock < SETTLING_MS) return;
    this.#settled ??= { from: reading, to: reading };
    this.#settled.to = reading;
    this.#judgeTime(clock, reading.takenUs / 1_000);
  }

  #judgeTime(clock: number, takenMs: number): void {
    const began = this.#pace.beganAt(takenMs);
    if (began === undefined) return;
    const late = takenMs - began - clock;
    this.judged += 1;
    const offMs = Math.max(-late, late - CLOCK_STEP_MS);
    this.offMs = Math.max(this.offMs, offMs);
    if (offMs > MOST_OFF_MS) this.off += 1;
  }
}
