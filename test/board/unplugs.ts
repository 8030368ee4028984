import { setTimeout as sleep } from "node:timers/promises";
import { eachBoardReading } from "./board-readings.ts";
import { isRight, startStage, storedPoints, timesRead } from "./board-stage.ts";

const EVERY_MS = 50;
/** The bytes until the plug is out lie within two groups. */
const MOST_BYTES = 80;
/** Readings pass for so long at most before the plug is pulled. */
const LONGEST_MS = 200;

export interface UnplugReport {
  readonly unplugs: number;
  readonly readings: number;
  readonly wrong: readonly string[];
  /** Readings that came twice. */
  readonly doubled: number;
  /** Sequence numbers that are missing between the first and the last of one time of being plugged in. */
  readonly missing: number;
  readonly undelivered: number;
  /** Longest time from the plug to the first reading, in milliseconds. */
  readonly slowestMs: number;
}

/** Pulls a board out in the middle of what it says and plugs it in again, and looks at what came of it. */
export async function runUnplugs(unplugs: number, chance: () => number, signal: AbortSignal): Promise<UnplugReport> {
  await using parts = new AsyncDisposableStack();
  const stage = await startStage(EVERY_MS, parts, signal);
  const { board, until, journal } = stage;
  let slowestMs = 0;
  let pluggedMs = performance.now();
  for (let round = 1; round <= unplugs; round++) {
    await until(`the board to be read, ${round} times`, () => timesRead(stage) >= round);
    slowestMs = Math.max(slowestMs, performance.now() - pluggedMs);
    await sleep(chance() * LONGEST_MS, undefined, { signal });
    await board.tell(`cut ${1 + Math.floor(chance() * MOST_BYTES)}`);
    await until("the plug to be out", async () => (await board.tell("state")).includes("plugged=0"));
    await board.plug();
    pluggedMs = performance.now();
  }
  await until("the board to be read in the end", () => timesRead(stage) > unplugs);
  await stage.command.stop();
  const seen = new Map<number, Set<number>>();
  const wrong: string[] = [];
  let readings = 0;
  await eachBoardReading(journal, ({ line, epoch, sequence }) => {
    readings += 1;
    if (!isRight(line)) wrong.push(line);
    seen.set(epoch, (seen.get(epoch) ?? new Set()).add(sequence));
  });
  const distinct = [...seen.values()].reduce((sum, { size }) => sum + size, 0);
  const missing = [...seen.values()].reduce((sum, of) => sum + Math.max(...of) - Math.min(...of) + 1 - of.size, 0);
  const undelivered = readings - (await storedPoints(stage));
  return { unplugs, readings, wrong, doubled: readings - distinct, missing, undelivered, slowestMs };
}

/** What went wrong, as sentences. */
export function faultsOfUnplugs({ unplugs, readings, wrong, doubled, missing, undelivered }: UnplugReport): string[] {
  return [
    ...(readings > unplugs ? [] : [`only ${readings} readings came in ${unplugs} times of being plugged in`]),
    ...(wrong.length === 0 ? [] : [`${wrong.length} lines are wrong, such as ${wrong[0]}`]),
    ...(doubled === 0 ? [] : [`${doubled} readings came twice`]),
    ...(missing === 0 ? [] : [`${missing} readings are missing`]),
    ...(undelivered === 0 ? [] : [`the store lacks ${undelivered} points`]),
  ];
}
