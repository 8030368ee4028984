import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Board, startBoard } from "../parts/board.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { type Influxd, startInfluxd } from "../parts/influxd.ts";
import { until } from "../parts/program.ts";
import { type ReloadingAgent, startReloading } from "../parts/reloading.ts";
import { temporaryFolder } from "../parts/temporary-folder.ts";
import { eachBoardReading } from "./board-readings.ts";

const DATABASE = "bbq";

/** What stands at the pins, by the channels of the configuration below. */
const SENSORS = `
      - { name: battery, kind: voltage, pin: A0, mean: 20, tags: { cell: left } }
      - { name: oven, kind: tmp36, pin: A1 }
      - { name: meat, kind: ntc, pin: A2, beta: 3950, r0: 100k, series: 100k, tags: { probe: brisket } }
      - { name: yard, kind: light, pin: A3, median: 5 }
      - { name: lid, kind: digital, pin: 7, pullup: true, on_change: true, interval: 20ms }
      - { name: bell, kind: button, pin: 8, heartbeat: 1m }
      - { name: wind, kind: frequency, pin: 2, interval: 500ms }
      - { name: rain, kind: counter, pin: 3 }
      - { name: air, kind: dht22, pin: 4 }
      - { name: pond, kind: ds18b20, pin: 5 }
      - { name: grill, kind: thermocouple, chip: max6675, pins: { cs: 10 }, tags: { probe: grate } }
      - { name: tank, kind: distance, pins: { trigger: 6, echo: 9 } }`;

const configuration = (board: Board, url: string, sensors: string) =>
  around(
    url,
    `
    type: arduino
    port: ${board.path}
    interval: 200ms
    tags: { room: patio }
    sensors:${sensors}`,
  );

const around = (url: string, input: string) => `version: 1
agent: { http: false, tags: { site: home } }
inputs:
  board:${input}
outputs:
  influx: { type: influxdb, url: "${url}", database: ${DATABASE}, batch: { max_wait: 100ms } }
`;

describe("an Arduino's sensors", () => {
  const { keep, after } = removeAfterEach();

  async function plugIn(): Promise<Board> {
    const board = await startBoard(join(keep(await temporaryFolder()).path, "ttyACM0"));
    after(() => board.stop());
    return board;
  }

  async function startStore(): Promise<Influxd> {
    const store = keep(await startInfluxd());
    await store.createDatabase(DATABASE);
    return store;
  }

  const isRead = async (agent: ReloadingAgent) =>
    until("the board to be read", () => agent.log.some((line) => line.startsWith("reading the board")));

  /** Waits until the latest point of a measurement has a field near a value. */
  async function near(store: Influxd, measurement: string, field: string, value: number, within: number) {
    let latest: unknown;
    await until(`${measurement} ${field} to be ${value}`, async () => {
      latest = (await store.points(DATABASE, measurement)).at(-1)?.[field];
      return typeof latest === "number" && Math.abs(latest - value) <= within;
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; the latest is ${String(latest)}`);
    });
  }

  it("arrive in the store as points within their resolution, with their names, tags and units", async () => {
    const [board, store] = [await plugIn(), await startStore()];
    await board.adc(0, 3_300);
    await board.adc(1, 750);
    await board.adc(2, 2_500);
    await board.adc(3, 1_250);
    for (const command of [
      "pulses 2 120",
      "dht22 4 -7.3 55.5",
      "ds18b20 5 28FF641E031603xx 21.0625",
      "max6675 10 107.25",
      "hc-sr04 6 9 1.25",
    ])
      await board.tell(command);
    const agent = keep(await startReloading(configuration(board, store.url, SENSORS)));
    await isRead(agent);
    await board.tell("pulses 3 1000 250");

    const step = 5 / 1_024;
    await near(store, "battery", "volts", 3.3, step);
    await near(store, "oven", "temp_c", 25, 100 * step);
    await near(store, "meat", "temp_c", 25, 0.1);
    await near(store, "yard", "light_pct", 25, 0.2);
    await near(store, "wind", "hz", 120, 2);
    await near(store, "rain", "count", 250, 0);
    await near(store, "air", "temp_c", -7.3, 0.001);
    await near(store, "air", "humidity_pct", 55.5, 0.001);
    await near(store, "pond", "temp_c", 21.0625, 0.0001);
    await near(store, "grill", "temp_c", 107.25, 0);
    await near(store, "tank", "distance_m", 1.25, 0.01);

    await near(store, "lid", "state", 1, 0);
    await board.pin("D", 7, false);
    await near(store, "lid", "state", 0, 0);
    await near(store, "bell", "pressed", 0, 0);
    await board.tell("button 8 1 5");
    await near(store, "bell", "pressed", 1, 0);
    await board.tell("button 8 0 5");
    await near(store, "bell", "pressed", 0, 0);
    await board.adc(0, 1_200);
    await near(store, "battery", "volts", 1.2, step);

    // Each press is one point, whatever the contact does, and each change of the lid.
    expect((await store.points(DATABASE, "bell")).map(({ pressed }) => pressed)).toEqual([0, 1, 0]);
    expect((await store.points(DATABASE, "lid")).map(({ state }) => state)).toEqual([1, 0]);
    expect((await store.points(DATABASE, "battery")).at(-1)).toMatchObject({
      cell: "left",
      room: "patio",
      site: "home",
    });
    expect((await store.points(DATABASE, "grill")).at(-1)).toMatchObject({ probe: "grate" });
    const now = BigInt(Date.now()) * 1_000_000n;
    for (const { time } of await store.points(DATABASE, "battery")) {
      expect(now - (time as bigint)).toBeGreaterThan(0n);
      expect(now - (time as bigint)).toBeLessThan(60_000_000_000n);
    }
  });

  it("that are broken or absent give no number, once in the log, and are told when they are back", async () => {
    const [board, store] = [await plugIn(), await startStore()];
    await board.adc(0, 2_500);
    await board.tell("max6675 10 open");
    const sensors = `
      - { name: battery, kind: voltage, pin: A0 }
      - { name: grill, kind: thermocouple, chip: max6675, pins: { cs: 10 }, interval: 250ms }
      - { name: pond, kind: ds18b20, pin: 5, interval: 1s }`;
    const agent = keep(await startReloading(configuration(board, store.url, sensors)));
    await near(store, "battery", "volts", 2.5, 0.01);
    const said = (text: string) => agent.log.filter((line) => line.includes(text));
    await until(
      "both to be told",
      () => said('"grill" has no value').length + said('"pond" has no value').length === 2,
    );
    await board.tell("max6675 10 80.5");
    await near(store, "grill", "temp_c", 80.5, 0);
    await until("the all-clear", () => said("has a value again").length === 1);
    expect(await store.points(DATABASE, "pond")).toEqual([]);
    expect(said("has no value")).toHaveLength(2);
  });

  it("follow the configuration while it changes, and the board is not reset", async () => {
    const [board, store] = [await plugIn(), await startStore()];
    await board.adc(0, 2_500);
    await board.adc(1, 750);
    const first = "\n      - { name: battery, kind: voltage, pin: A0 }";
    const second = `
      - { name: cell, kind: voltage, pin: A0, scale: 2, field: volts_2 }
      - { name: oven, kind: tmp36, pin: A1, interval: 100ms }`;
    const agent = keep(await startReloading(configuration(board, store.url, first)));
    await near(store, "battery", "volts", 2.5, 0.01);
    expect(await agent.reload(configuration(board, store.url, second))).toMatch(/restarted input board/);
    await near(store, "cell", "volts_2", 5, 0.01);
    await near(store, "oven", "temp_c", 25, 0.5);
    expect(await agent.reload(configuration(board, store.url, first))).toMatch(/restarted input board/);
    const count = await store.count(DATABASE, "battery", "volts");
    await until("more of the first", async () => (await store.count(DATABASE, "battery", "volts")) > count);
    await agent.reload(around(store.url, `\n    type: serial\n    port: ${board.path}`));
    const read = await store.count(DATABASE, "battery", "volts");
    await until("more through another input", async () => (await store.count(DATABASE, "battery", "volts")) > read);
    expect(agent.log.filter((line) => line.includes("open in another program"))).toEqual([]);
    await agent.stop();
    // A reset would begin the clock anew, and what is missed comes again without it.
    const clocks: (number | undefined)[] = [];
    await eachBoardReading(join(agent.folder, "data/journal"), ({ clock }) => clocks.push(clock));
    expect(clocks.length).toBeGreaterThan(5);
    expect(clocks).not.toContain(undefined);
    expect(clocks).toEqual(clocks.toSorted((one = 0, other = 0) => one - other));
  });
});
