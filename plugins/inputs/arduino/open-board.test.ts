import { group, validate } from "fieldline/plugin";
import { afterEach, describe, expect, it } from "vitest";
import { type InputRun, runInput } from "../../../test/parts/input-run.ts";
import { until } from "../../../test/parts/program.ts";
import { type ScriptedBanner, type ScriptedBoard, startScriptedBoard } from "../../../test/parts/scripted-board.ts";
import { ArduinoInput } from "./arduino-input.ts";
import plugin from "./index.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function plugIn(banner: Partial<ScriptedBanner> = {}): Promise<ScriptedBoard> {
  const board = await startScriptedBoard(banner);
  ends.push(board.remove);
  return board;
}

/** The first that the input says of the board. */
async function report(board: ScriptedBoard, tree: Record<string, unknown> = {}): Promise<string | undefined> {
  const sensors = [{ name: "battery", kind: "voltage", pin: "A0" }];
  const written = { port: board.url, sensors, ...tree };
  const { value } = { value: undefined, ...validate(group(plugin.settings, "arduino"), written) };
  if (value === undefined) throw new Error("these are no settings");
  const run: InputRun = runInput((context) => new ArduinoInput(value, context, { bootMs: 20 }));
  ends.push(run.stop);
  await until("a report", () => run.reports.length > 0);
  return run.reports[0];
}

describe("a board that is opened", () => {
  it("with another version of the protocol is left alone", async () => {
    const board = await plugIn();
    board.answer = (words) => (words === "info" ? "#!fieldline 2 fw=9.0.0" : undefined);
    expect(await report(board)).toMatch(
      /^down: the board speaks version 2 of the protocol, this agent version 1: update/,
    );
    expect(new Set(board.commands)).toEqual(new Set(["info"]));
  });

  it("that is another model is left alone, and its model is named", async () => {
    const board = await plugIn({ board: "atmega2560" });
    expect(await report(board)).toBe(
      "down: the board is a Mega 2560, and the configuration says model: uno: set model: mega",
    );
    expect(new Set(board.commands)).toEqual(new Set(["info"]));
  });

  it("that is not the one that is wanted is left alone", async () => {
    const board = await plugIn({ id: "0000BEEF" });
    expect(await report(board, { board: "5eed1234" })).toMatch(/^down: the board on tcp:.* is 0000BEEF, not 5eed1234$/);
    expect(new Set(board.commands)).toEqual(new Set(["info"]));
  });

  it("without an identity gets one, also when the answer to that is lost", async () => {
    const board = await plugIn({ id: "00000000" });
    board.answer = (words) => {
      const [name, id = ""] = words.split(" ");
      if (name !== "id") return undefined;
      board.banner.id = id;
      return "#!error id taken";
    };
    expect(await report(board)).toMatch(/^up: reading the board [0-9A-F]{8} on /);
    expect(board.banner.id).not.toBe("00000000");
  });

  it("whose EEPROM keeps no identity is told to be broken", async () => {
    const board = await plugIn({ id: "00000000" });
    expect(await report(board)).toBe("down: the board does not keep its identity: its EEPROM is worn out, or damaged");
  });

  it("that refuses a sensor is reported with that, and with the firmware that would know it", async () => {
    const board = await plugIn();
    board.answer = (words) => (words.startsWith("channel") ? "#!error channel kind" : undefined);
    expect(await report(board)).toMatch(
      /^down: the board refuses the sensor "battery" for its kind; its firmware is 0\.1\.0, and `fieldline flash` puts/,
    );
  });

  it("with fewer channels than there are sensors is told nothing", async () => {
    const board = await plugIn({ channels: 0 });
    expect(await report(board)).toBe("down: the board has 0 channels, and the configuration 1 sensors");
    expect(board.commands.filter((words) => words !== "info")).toEqual([]);
  });
});
