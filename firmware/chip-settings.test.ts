// What a channel's settings do, as the chip does it.
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

test("debounce leaves out what follows a pulse too soon", async () => {
  await command("channel 0 kind=counter pin=2 debounce=8 name=flow every=100");
  await command("channel 1 kind=counter pin=3 name=all every=100");
  // 5 ms apart, so each second one counts.
  for (const pin of [2, 3]) await tell(`pulses ${pin} 200 40`);
  await until("the end of the pulses", () => said(/^all count=40i$/gmu).length > 1);
  expect(said(/^flow .*$/gmu).at(-1)).toBe("flow count=20i");
});

test("scale and offset, and a button without a pull-up", async () => {
  await command("channel 0 kind=voltage pin=A0 name=v scale=-2 offset=1.5 every=100");
  await tell("adc 0 2500");
  await tell("pin 4 0");
  await command("channel 1 kind=button pin=4 name=b pullup=0");
  await until("the button", () => said(/^b pressed=.*$/gmu).length > 0);
  await tell("pin 4 1");
  await until("its press", () => said(/^b pressed=.*$/gmu).length > 1);
  expect(said(/^b pressed=.*$/gmu)).toEqual(["b pressed=0i", "b pressed=1i"]);
  await until(
    "the voltage",
    () =>
      Math.abs(
        Number(
          said(/^v .*$/gmu)
            .at(-1)
            ?.slice(8),
        ) - -3.5,
      ) < 0.015,
  );
});

test("a DS18B20's line that is shorted is told from one without a part", async () => {
  await tell("pin 4 0");
  await tell("pin 5 1");
  await command("channel 0 kind=ds18b20 pin=4 name=t");
  await command("channel 1 kind=ds18b20 pin=5 name=u");
  await until("both failures", () => said(/^#\?0 /gmu).length > 0 && said(/^#\?1 /gmu).length > 0);
  expect(said(/^#\?[01] \w+/gmu).slice(0, 2)).toEqual(["#?0 short", "#?1 absent"]);
});

test("a deadband hides nothing behind a failure, nor for longer than the heartbeat", async () => {
  await tell("max6675 10 20");
  await command("channel 0 kind=max6675 pin=10 name=t every=250 deadband=100");
  await command("channel 1 kind=supply name=s every=100 deadband=100 heartbeat=1000");
  await until("a temperature", () => said(/^t temp_c=20$/gmu).length === 1);
  await tell("max6675 10 open");
  await until("the failure", () => said(/^#\?0 open/gmu).length > 0);
  await tell("max6675 10 20");
  await until("it again", () => said(/^t temp_c=20$/gmu).length === 2);
  const clocks = () => [...chip.host.text().matchAll(/^s volts=.*\n#~\d+ (\d+) /gmu)].map(([, clock]) => Number(clock));
  await until("two heartbeats", () => clocks().length >= 3);
  const [first = 0, , third = 0] = clocks();
  // With the first reading that is due then.
  expect(third - first).toBeGreaterThan(1_990);
  expect(third - first).toBeLessThan(2_210);
});

test("an interval that was missed is left out", async () => {
  await command("channel 0 kind=memory name=m every=50");
  for (let time = 0; time < 4; time++)
    await command(`channel 1 kind=supply name=${"abcd"[time]?.repeat(31)} every=60000`);
  await until("readings", () => said(/^m /gmu).length > 10);
  const clocks = [...chip.host.text().matchAll(/^m .*\n#~\d+ (\d+) /gmu)].map(([, clock]) => Number(clock));
  const pauses = clocks.slice(1).map((clock, index) => clock - (clocks[index] ?? 0));
  expect(Math.max(...pauses)).toBeGreaterThan(100);
  expect(Math.min(...pauses)).toBeGreaterThan(40);
});

test("counters go on through a reset, and stop with their channel", async () => {
  await command("channel 0 kind=counter pin=2 name=c every=50");
  await tell("pulses 2 500 30");
  await until("the pulses", () => said(/^c count=30i$/gmu).length > 0);
  await chip.board.reset();
  await chip.banners(2);
  await command("clear");
  expect(await command("info")).toMatch(/config=00000000 epoch=1 .* held=0 /u);
  await tell("pulses 2 500 30");
  chip.host.clear();
  await command("channel 1 kind=counter pin=3 name=d every=50");
  await until("the end of the pulses", () => said(/^d /gmu).length > 4);
  await command("channel 0 kind=counter pin=2 name=c every=50");
  await until("a count", () => said(/^c /gmu).length > 0);
  // The interrupt keeps one edge in mind while it is off.
  expect(["c count=30i", "c count=31i"]).toContain(said(/^c .*$/gmu)[0]);
});
