// What a channel says when things change around it: other channels, resets, a line that is full.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../test/parts/program.ts";
import { ChipStage } from "./chip-stage.ts";

/** Bytes of EEPROM before the channels, and of each. */
const HEADER = 4 * 6;
const RECORD = 83;

let chip: ChipStage;
beforeEach(async () => {
  chip = new ChipStage();
  await chip.start();
});
afterEach(async () => {
  await chip.end();
  chip.remove();
});

const tell = (command: string) => chip.board.tell(command);
const command = (words: string) => chip.host.command(words);
const said = (pattern: RegExp) => chip.said(pattern);

/** Changes bytes of EEPROM while the board runs. */
function write(address: number, bytes: Uint8Array): void {
  const file = openSync(chip.eeprom, "r+");
  writeSync(file, bytes, 0, bytes.length, address);
  closeSync(file);
}

test("counts a frequency over whole intervals, from the first reading on, whatever other channels do", async () => {
  await tell("pulses 2 200");
  await command("channel 0 kind=frequency pin=2 name=wind every=250");
  await command("channel 4 kind=frequency pin=2 name=wind every=400");
  for (const index of [1, 2, 3]) {
    await command(`channel ${index} kind=voltage pin=A0 name=v${index} every=60000`);
    await until("a frequency", () => said(/^wind hz=/gmu).length >= index);
  }
  await chip.board.reset();
  await chip.banners(2);
  const before = said(/^wind hz=/gmu).length;
  await until("two more", () => said(/^wind hz=/gmu).length >= before + 2);
  // Two pulses more or less in 250 ms, one at either end.
  for (const line of said(/^wind hz=.*$/gmu)) expect(Math.abs(Number(line.slice(8)) - 200)).toBeLessThan(10);
});

test("stamps a reading with when it was taken, also behind a command that took its time", async () => {
  await command("channel 0 kind=counter pin=2 name=c every=10");
  for (const index of [1, 2, 3, 4]) await command(`channel ${index} kind=memory name=fills_the_line_${index} every=10`);
  await tell("pulses 2 1000");
  await until("the first pulses", () => said(/^c count=[1-9]/gmu).length > 0);
  const from = chip.host.text().length;
  for (let time = 0; time < 12; time++)
    await command(`channel 5 kind=voltage pin=A0 name=${"abcdefghijkl"[time]?.repeat(31)} every=60000`);
  const readings = [
    ...chip.host
      .text()
      .slice(from)
      .matchAll(/^c count=(\d+)i\n#~\d+ (\d+) /gmu),
  ];
  const ahead = readings.map(([, count, clock]) => Number(count) - Number(clock));
  expect(ahead.length).toBeGreaterThan(12);
  // A pulse a millisecond.
  expect(Math.max(...ahead) - Math.min(...ahead)).toBeLessThan(30);
});

test("leaves a channel alone that is so already, and writes none that is off", async () => {
  await command("channel 0 kind=supply name=a every=1000 deadband=100");
  await until("a reading", () => said(/^#~0 /gmu).length > 0);
  await command("keep 12345678");
  await command("channel 0 kind=supply name=a every=1000 deadband=100");
  await command("channel 1 kind=off");
  expect(await command("info")).toContain(" config=12345678 ");
  await command("again 0");
  await until("what is held", () => said(/^#\+0 /gmu).length > 0);
  const file = readFileSync(chip.eeprom);
  expect(file.subarray(HEADER + RECORD).every((byte) => byte === 0xff)).toBe(true);
  await command("channel 0 kind=off");
  expect(await command("info")).toContain(" config=00000000 ");
  // The last byte is being written when the answer comes.
  const changed = readFileSync(chip.eeprom).subarray(HEADER + 1, HEADER + RECORD);
  expect(changed.equals(file.subarray(HEADER + 1, HEADER + RECORD))).toBe(true);
});

test("says nothing of a channel whose record goes bad while it runs, and goes on with the others", async () => {
  await command("channel 0 kind=voltage pin=A0 name=bad every=50 mean=20");
  await command("channel 1 kind=voltage pin=A0 name=good every=50 mean=20");
  await command("keep 12345678");
  await until("both", () => said(/^bad /gmu).length > 0 && said(/^good /gmu).length > 0);
  write(HEADER + 40, new Uint8Array([1, 2, 3]));
  await until("the configuration to be incomplete", async () => (await command("info")).includes(" config=00000000 "));
  const from = chip.host.text().length;
  await command("again 0");
  const later = () => chip.host.text().slice(from);
  await until("the other", () => (later().match(/^good .*\n#~/gmu)?.length ?? 0) > 3);
  expect(later()).not.toMatch(/^(bad)? /mu);
});

test("lets go of the pull-up at an echo's pin", async () => {
  await command("channel 0 kind=distance pin=7 echo=A1 name=d every=60000");
  await tell("pin A1 0");
  await tell("pin A1 open");
  expect(await tell("level A1")).toBe("1 input");
  await command("channel 0 kind=off");
  await tell("pin A1 0");
  await tell("pin A1 open");
  expect(await tell("level A1")).toBe("0 input");
});

test("counts on when power went in the middle of counting its losses", async () => {
  for (let power = 0; power < 2; power++) {
    await chip.end();
    await chip.start();
  }
  expect((await chip.banners(1))[0]?.["epoch"]).toBe("3");
  await chip.end();
  // The fourth start has to leave the cell of the third alone: it is cut while it writes.
  write(2 * 6, new Uint8Array([4, 0, 0, 0, 0xff]));
  await chip.start();
  expect((await chip.banners(1))[0]?.["epoch"]).toBe("4");
});
