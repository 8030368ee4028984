import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Board, startBoard } from "../test/parts/board.ts";
import { type BoardHost, openBoard } from "../test/parts/board-host.ts";
import { until } from "../test/parts/program.ts";

let folder: string;
let eeprom: string;
let board: Board;
let host: BoardHost;

async function start(): Promise<void> {
  board = await startBoard(join(folder, "port"), { arguments: ["-e", eeprom] });
  host = await openBoard(board.path);
  await banners(1);
}

async function end(): Promise<void> {
  await host.close();
  await board.stop();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fieldline-chip-"));
  eeprom = join(folder, "eeprom");
  await start();
});
afterEach(async () => {
  await end();
  rmSync(folder, { recursive: true, force: true });
});

/** What the banners say that have come; waits for as many as that. */
async function banners(count: number): Promise<readonly Readonly<Record<string, string>>[]> {
  const all = () => host.text().match(/^#!fieldline 1 .* [@-O]{4}$/gmu) ?? [];
  await until(`banner ${count}`, () => all().length >= count);
  return all().map((line) =>
    Object.fromEntries([...line.matchAll(/(\w+)=(\w+)/gu)].map(([, key, value]) => [key, value])),
  );
}

const said = (pattern: RegExp) => host.text().match(pattern) ?? [];

test("waits for a DS18B20's first measurement", async () => {
  await board.tell("ds18b20 4 28FF641E8C160495 21.0625");
  await host.command("channel 0 kind=ds18b20 pin=4 name=pond every=1000 rom=28FF641E8C160495");
  await until("a reading", () => said(/^pond temp_c=/gmu).length > 0);
  expect(said(/^(pond|#\?).*$/gmu)[0]).toBe("pond temp_c=21.0625");
});

test("takes long commands at the first attempt while the line is full and sensors are read", async () => {
  await board.tell("ds18b20 4 28FF641E8C160495 21.0625");
  await host.command("channel 0 kind=ds18b20 pin=4 name=pond every=1000 rom=28FF641E8C160495");
  for (const index of [1, 2, 3, 4]) await host.command(`channel ${index} kind=voltage pin=A1 name=v${index} every=10`);
  // A command that changes nothing takes no time in EEPROM.
  const long = "channel 5 kind=memory name=memory,of=simulated,board=uno every=86400000 deadband=1 heartbeat=86400000";
  for (let time = 0; time < 30; time++) expect(await host.command(long)).toBe("ok channel");
});

test("counts 10,000 pulses a second exactly, beside a DS18B20", async () => {
  await board.tell("ds18b20 4 28FF641E8C160495 21.0625");
  await host.command("channel 0 kind=ds18b20 pin=4 name=pond every=1000");
  await host.command("channel 1 kind=counter pin=2 name=flow every=100");
  await board.tell("pulses 2 10000 20000");
  await until("the end of the pulses", () => said(/^flow count=20000i$/gmu).length > 1);
});

test("keeps the sequence and what is held through any reset", async () => {
  for (const index of [0, 1, 2]) await host.command(`channel ${index} kind=voltage pin=A0 name=v${index} every=10`);
  await until("more readings than are held", () => said(/^#~/gmu).length > 16);
  let next = 0;
  for (let reset = 0; reset < 25; reset++) {
    await board.reset();
    const all = await banners(reset + 2);
    expect(all.at(-1)?.["epoch"]).toBe("1");
    expect(Number(all.at(-1)?.["next"])).toBeGreaterThanOrEqual(next);
    next = Number(all.at(-1)?.["next"]);
    // 16, or 15 when it came between the forgetting of the oldest and the newest.
    expect(Number(all.at(-1)?.["held"])).toBeGreaterThanOrEqual(15);
  }
});

test("forgets the held readings of a changed channel, and no others", async () => {
  await host.command("channel 0 kind=supply name=a every=1000 deadband=100");
  await host.command("channel 1 kind=supply name=b every=1000 deadband=100");
  await until("both", () => said(/^#~/gmu).length >= 2);
  await host.command("channel 0 kind=memory name=c every=86400000 deadband=1000");
  await host.command("again 7");
  await host.command("again 0");
  await until("what is held", () => said(/^#\+/gmu).length >= 2);
  expect(said(/^.*\n#\+\d+/gmu).map((group) => group.replaceAll(/ .*\n/gu, " "))).toEqual(["b #+1", "c #+2"]);
});

test("says that its configuration is incomplete when a channel in EEPROM is damaged", async () => {
  await host.command("channel 0 kind=supply name=a every=1000");
  await host.command("keep 12345678");
  // EEPROM writes its last byte for 3.4 ms more, in which this answer comes.
  await host.command("info");
  await end();
  await start();
  expect((await banners(1))[0]?.["config"]).toBe("12345678");
  await end();
  const bytes = readFileSync(eeprom);
  bytes[3 * 6 + 20] = (bytes[3 * 6 + 20] ?? 0) ^ 1;
  writeFileSync(eeprom, bytes);
  await start();
  expect((await banners(1))[0]?.["config"]).toBe("00000000");
});
