import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Board, startBoard } from "../../test/parts/board.ts";
import { type BoardHost, openBoard } from "../../test/parts/board-host.ts";
import { until } from "../../test/parts/program.ts";

// Two parts on one bus.
const FREEZER = "28FF641E8C160495";
const FRIDGE = "28A1B2C3D4E5F6AC";

/** One sensor, its channel, what it is told and the numbers that the sketch then says, within which bounds; and what is broken, and how. */
interface Wired {
  readonly channel: string;
  readonly sound: string;
  readonly values: readonly number[];
  readonly within: number;
  readonly broken?: readonly [command: string, reason: string][];
}

const WIRED: readonly Wired[] = [
  {
    channel: "kind=dht22 pin=4 every=2000",
    sound: "dht22 4 -7.3 55.5",
    values: [-7.3, 55.5],
    within: 0,
    broken: [
      ["dht22 4 checksum", "checksum"],
      ["dht22 4 off", "absent"],
    ],
  },
  {
    channel: "kind=dht11 pin=5 every=1000",
    sound: "dht11 5 23.4 41",
    values: [23.4, 41],
    within: 0,
    broken: [["dht11 5 off", "absent"]],
  },
  {
    channel: `kind=ds18b20 pin=6 every=1000 rom=${FREEZER}`,
    sound: `ds18b20 6 ${FREEZER} -18.0625`,
    values: [-18.0625],
    within: 0,
    broken: [
      [`ds18b20 6 ${FREEZER} checksum`, "checksum"],
      [`ds18b20 6 ${FREEZER} unmeasured`, "range"],
    ],
  },
  {
    channel: `kind=ds18b20 pin=6 every=1000 rom=${FRIDGE}`,
    sound: `ds18b20 6 ${FRIDGE} 4.5`,
    values: [4.5],
    within: 0,
    broken: [[`ds18b20 6 ${FRIDGE} off`, "absent"]],
  },
  {
    channel: "kind=max6675 pin=10 every=500",
    sound: "max6675 10 431.25",
    values: [431.25],
    within: 0,
    broken: [
      ["max6675 10 open", "open"],
      ["max6675 10 off", "absent"],
      ["max6675 10 0", "absent"],
    ],
  },
  {
    channel: "kind=max31855 pin=9 every=500",
    sound: "max31855 9 -12.75",
    values: [-12.75],
    within: 0,
    broken: [
      ["max31855 9 open", "open"],
      ["max31855 9 ground", "short"],
      ["max31855 9 supply", "short"],
      ["max31855 9 off", "absent"],
    ],
  },
  {
    channel: "kind=distance pin=7 echo=8 every=500",
    sound: "hc-sr04 7 8 1.25",
    values: [1.25],
    within: 0.003,
    broken: [
      ["hc-sr04 7 8 far", "range"],
      ["hc-sr04 7 off", "absent"],
    ],
  },
  // A count over a second is off by one at either end.
  { channel: "kind=frequency pin=2 every=1000", sound: "pulses 2 250", values: [250], within: 1.01 },
  { channel: "kind=counter pin=3 every=500 pullup=1", sound: "pulses 3 100 42", values: [42], within: 0 },
  { channel: "kind=button pin=A1", sound: "button A1 1 6", values: [1], within: 0 },
  { channel: "kind=voltage pin=A0 every=500", sound: "adc 0 2500", values: [2.5], within: 0.005 },
  { channel: "kind=supply every=500 mean=10", sound: "supply 5000", values: [5], within: 0.025 },
];

let folder: string;
let board: Board;
let host: BoardHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldline-sensors-"));
  board = await startBoard(join(folder, "port"));
  host = await openBoard(board.path);
  await until("the banner", () => host.text().includes("#!fieldline"));
  for (const [index, { channel }] of WIRED.entries()) await host.command(`channel ${index} ${channel} name=c${index}`);
});
afterAll(async () => {
  await host.close();
  await board.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the sketch reads each sensor within its resolution", async () => {
  for (const { sound } of WIRED) await board.tell(sound);
  await Promise.all(
    WIRED.map(({ sound, values, within }, index) =>
      until(`what it makes of ${sound}, last ${lastValues(index).join()}`, () => {
        const said = lastValues(index);
        return values.every((value, place) => Math.abs((said[place] ?? Number.NaN) - value) <= within);
      }),
    ),
  );
  // Bouncing has not made it more than one press.
  expect(host.text().match(/^c9 pressed=1i$/gmu)).toHaveLength(1);
});

test("the sketch says how each sensor is broken", async () => {
  await Promise.all(
    WIRED.map(async ({ broken = [] }, index) => {
      for (const [command, reason] of broken) {
        await board.tell(command);
        const from = host.text().length;
        await until(`${reason} after ${command}`, () => host.text().slice(from).includes(`#?${index} ${reason} `));
      }
    }),
  );
});

test("refuses what no sensor and no pin can be", async () => {
  for (const [command, reason] of [
    ["dht22 14 20 50", "no such pin"],
    ["dht22 4 200 50", "not a temperature"],
    ["ds18b20 6 28FF641E8C160400 20", "not an address with its CRC"],
    ["max6675 10 supply", "not a temperature that it measures"],
    ["hc-sr04 7 8 5", "not a distance that it measures"],
    ["pulses 3 0", "not a frequency"],
    ["bme280 2 20", "no such command"],
    ["adc 0", "wrong number of words"],
  ] as const)
    await expect(board.tell(command)).rejects.toThrow(`error ${reason}`);
});

/** The numbers of what a channel has said last. */
function lastValues(channel: number): number[] {
  const line =
    host
      .text()
      .match(new RegExp(`^c${channel} .*$`, "gmu"))
      ?.at(-1) ?? "";
  return [...line.matchAll(/=(-?[\d.]+)/gu)].map(([, number]) => Number(number));
}
