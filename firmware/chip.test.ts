import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../test/parts/program.ts";
import { ChipStage } from "./chip-stage.ts";

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

test("waits for a DS18B20's first measurement", async () => {
  await tell("ds18b20 4 28FF641E8C160495 21.0625");
  await command("channel 0 kind=ds18b20 pin=4 name=pond every=1000 rom=28FF641E8C160495");
  await until("a reading", () => said(/^pond temp_c=/gmu).length > 0);
  expect(said(/^(pond|#\?).*$/gmu)[0]).toBe("pond temp_c=21.0625");
});

test("takes long commands at the first attempt while the line is full and sensors are read", async () => {
  await tell("ds18b20 4 28FF641E8C160495 21.0625");
  await command("channel 0 kind=ds18b20 pin=4 name=pond every=1000 rom=28FF641E8C160495");
  for (const index of [1, 2, 3, 4]) await command(`channel ${index} kind=voltage pin=A1 name=v${index} every=10`);
  // A command that changes nothing takes no time in EEPROM.
  const long = "channel 5 kind=memory name=memory,of=simulated,board=uno every=86400000 deadband=1 heartbeat=86400000";
  for (let time = 0; time < 30; time++) expect(await command(long)).toBe("ok channel");
});

test("counts 10,000 pulses a second exactly, beside a DS18B20", async () => {
  await tell("ds18b20 4 28FF641E8C160495 21.0625");
  await command("channel 0 kind=ds18b20 pin=4 name=pond every=1000");
  await command("channel 1 kind=counter pin=2 name=flow every=100");
  await tell("pulses 2 10000 20000");
  await until("the end of the pulses", () => said(/^flow count=20000i$/gmu).length > 1);
});

test("keeps the sequence and what is held through any reset", async () => {
  for (const index of [0, 1, 2]) await command(`channel ${index} kind=voltage pin=A0 name=v${index} every=10`);
  await until("more readings than are held", () => said(/^#~/gmu).length > 16);
  let next = 0;
  for (let reset = 0; reset < 25; reset++) {
    await chip.board.reset();
    const all = await chip.banners(reset + 2);
    expect(all.at(-1)?.["epoch"]).toBe("1");
    expect(Number(all.at(-1)?.["next"])).toBeGreaterThanOrEqual(next);
    next = Number(all.at(-1)?.["next"]);
    // 16, or 15 when it came between the forgetting of the oldest and the newest.
    expect(Number(all.at(-1)?.["held"])).toBeGreaterThanOrEqual(15);
  }
});

test("forgets the held readings of a changed channel, and no others", async () => {
  await command("channel 0 kind=supply name=a every=1000 deadband=100");
  await command("channel 1 kind=supply name=b every=1000 deadband=100");
  await until("both", () => said(/^#~/gmu).length >= 2);
  await command("channel 0 kind=memory name=c every=86400000 deadband=1000");
  await command("again 7");
  await command("again 0");
  await until("what is held", () => said(/^#\+/gmu).length >= 2);
  expect(said(/^.*\n#\+\d+/gmu).map((group) => group.replaceAll(/ .*\n/gu, " "))).toEqual(["b #+1", "c #+2"]);
});

test("sends nothing again that was acknowledged meanwhile", async () => {
  for (const index of [0, 1, 2]) await command(`channel ${index} kind=voltage pin=A0 name=v${index} every=10`);
  await until("more readings than are held", () => said(/^#~/gmu).length > 16);
  const next = Number(/ next=(\d+) /u.exec(await command("info"))?.[1]);
  await command(`again ${next - 16}`);
  await command(`ack ${next - 1}`);
  const readings = said(/^#~/gmu).length;
  await until("readings", () => said(/^#~/gmu).length > readings + 16);
  const [before = "", after = ""] = chip.host.text().split("#!ok ack");
  expect(before).toMatch(/^#\+/mu);
  const repeated = [...after.matchAll(/^#\+(\d+) /gmu)].map(([, sequence]) => Number(sequence));
  expect(repeated.filter((sequence) => sequence < next)).toEqual([]);
});

test("says that its configuration is incomplete when a channel in EEPROM is damaged", async () => {
  await command("channel 0 kind=supply name=a every=1000");
  await command("keep 12345678");
  // EEPROM writes its last byte for 3.4 ms more, in which this answer comes.
  await command("info");
  await chip.end();
  await chip.start();
  expect((await chip.banners(1))[0]?.["config"]).toBe("12345678");
  await chip.end();
  const bytes = readFileSync(chip.eeprom);
  bytes[4 * 6 + 20] = (bytes[4 * 6 + 20] ?? 0) ^ 1;
  writeFileSync(chip.eeprom, bytes);
  await chip.start();
  expect((await chip.banners(1))[0]?.["config"]).toBe("00000000");
});
