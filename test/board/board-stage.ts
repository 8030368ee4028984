import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { testAgent } from "../parts/agent.ts";
import { type Board, startBoard } from "../parts/board.ts";
import { type RunningCommand, startCommand } from "../parts/command.ts";
import { type Influxd, startInfluxd } from "../parts/influxd.ts";

export const DATABASE = "board";

/** What stands at the analog inputs, in millivolts, each a channel; what the board makes of it may be some steps off. */
const MILLIVOLTS = [400, 1_000, 1_700, 2_500, 3_300, 4_600];
const STEP_VOLTS = 5 / 1_024;
/** One for rounding down, and one that the converter may be off. */
const MOST_STEPS = 2;
/** Two digital channels beside them: their pins, and what stands there. */
const LEVELS = [
  { pin: 7, bit: 7, port: "D", level: true },
  { pin: 8, bit: 0, port: "B", level: false },
] as const;
export const CHANNELS = MILLIVOLTS.length + LEVELS.length;

/** A simulated board, the agent that reads it as a process of its own, and the store it delivers to. */
export interface Stage {
  readonly board: Board;
  readonly influxd: Influxd;
  readonly command: RunningCommand;
  readonly journal: string;
  /** Waits until a condition holds, for a minute at most. @throws Error with the agent's log; the signal's reason */
  readonly until: (what: string, condition: () => boolean | Promise<boolean>) => Promise<void>;
}

/** Starts all of them; eight analog channels are read every so many milliseconds. What it starts is removed with `parts`. */
export async function startStage(everyMs: number, parts: AsyncDisposableStack, signal: AbortSignal): Promise<Stage> {
  const influxd = parts.adopt(await startInfluxd(), async (store) => store.remove());
  await influxd.createDatabase(DATABASE);
  const { folder } = parts.adopt(await testAgent(""), async (agent) => agent.remove());
  const board = parts.adopt(await startBoard(join(folder, "ttyACM0")), async (running) => running.stop());
  for (const [input, millivolts] of MILLIVOLTS.entries()) await board.adc(input, millivolts);
  for (const { port, bit, level } of LEVELS) await board.pin(port, bit, level);
  await writeFile(join(folder, "fieldline.yaml"), configuration(board.path, influxd.url, everyMs));
  const command = parts.adopt(startCommand(["run", "--log-format", "json"], folder), async (running) => {
    await running.stop();
  });
  const until = async (what: string, condition: () => boolean | Promise<boolean>) => {
    for (let tries = 0; !(await condition()); tries++) {
      if (tries === 2_400 || command.child.exitCode !== null)
        throw new Error(`waited in vain for ${what}:\n${command.stderr().slice(-4_000)}`);
      await sleep(25, undefined, { signal });
    }
  };
  return { board, influxd, command, journal: join(folder, "data/journal"), until };
}

/** How often the agent has begun to read the board. */
export function timesRead({ command }: Stage): number {
  return command.stderr().split("reading the board").length - 1;
}

/** Whether a line is one that the board can have meant. */
export function isRight(line: string): boolean {
  const [, input, volts, pin, state] = /^(?:a(\d) volts=(\d(?:\.\d+)?)|d(\d) state=([01])i)$/.exec(line) ?? [];
  if (pin !== undefined) return LEVELS.some((one) => one.pin === Number(pin) && one.level === (state === "1"));
  const millivolts = MILLIVOLTS[Number(input)];
  return millivolts !== undefined && Math.abs(Number(volts) - millivolts / 1_000) <= MOST_STEPS * STEP_VOLTS;
}

/** How many points the store has of all channels. */
export async function storedPoints({ influxd }: Stage): Promise<number> {
  const counts = await Promise.all([
    ...MILLIVOLTS.map((_, input) => influxd.count(DATABASE, `a${input}`, "volts")),
    ...LEVELS.map(({ pin }) => influxd.count(DATABASE, `d${pin}`, "state")),
  ]);
  return counts.reduce((sum, count) => sum + count, 0);
}

function configuration(port: string, url: string, everyMs: number): string {
  const sensors = [
    ...MILLIVOLTS.map((_, input) => `{ name: a${input}, kind: voltage, pin: A${input} }`),
    ...LEVELS.map(({ pin }) => `{ name: d${pin}, kind: digital, pin: ${pin} }`),
  ];
  return `version: 1
agent: { http: false }
inputs:
  board:
    type: arduino
    port: ${port}
    interval: ${everyMs}ms
    sensors:
${sensors.map((sensor) => `      - ${sensor}`).join("\n")}
outputs:
  influx: { type: influxdb, url: "${url}", database: ${DATABASE}, batch: { max_wait: 200ms } }
`;
}
