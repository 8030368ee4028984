import {
  choice,
  dictionary,
  duration,
  flag,
  group,
  integer,
  list,
  number,
  portSettings,
  type SettingsOf,
  text,
  usbName,
} from "fieldline/plugin";
import { KIND_FIELDS } from "./kind-fields.ts";
import { KIND_NAMES } from "./kinds.ts";
import { MODELS, type ModelName } from "./models.ts";

const PIN = { pattern: /^(A\d{1,2}|\d{1,2})$/, expected: "a pin such as 7 or A0" };
const OHMS = {
  pattern: /^(?=.*[1-9])\d+(\.\d+)?[kM]?$/,
  expected: "a resistance such as 10k, 4.7k, 100k or 470",
  label: "ohms",
};
const DAY_MS = 86_400_000;
const MODEL_NAMES = Object.keys(MODELS) as [ModelName, ...ModelName[]];

/** Each kind with its fields, for the page. */
const FIELDS = KIND_NAMES.map(
  (kind) => `\`${kind}\` ${KIND_FIELDS[kind].map((field) => `\`${field}\``).join(" and ")}`,
);

const sensor = {
  name: text("What it measures: the measurement of its points, unless `measurement` says otherwise."),
  kind: choice(KIND_NAMES, `What kind of sensor it is, and with that the fields of its points: ${FIELDS.join(", ")}.`),
  measurement: text("The measurement, in place of the name.").optional(),
  tags: dictionary(
    text("The tag's value."),
    "Tags of its points. They are kept on the board together with the measurement, 31 characters at most.",
  ).optional(),
  field: text("The field's name, in place of the kind's own; 11 characters at most.").optional(),
  pin: text("The pin it is on.", PIN).optional(),
  pins: group(
    {
      cs: text("A thermocouple's chip select.", PIN).optional(),
      trigger: text("A distance sensor's trigger.", PIN).optional(),
      echo: text("A distance sensor's echo.", PIN).optional(),
    },
    "Its pins, when it has several: `cs` of a thermocouple, whose clock and data are the board's SCK and MISO (13 and 12 of an Uno); `trigger` and `echo` of a distance sensor.",
  ).optional(),
  chip: choice(["max6675", "max31855"], "A thermocouple's converter.").optional(),
  interval: duration("How often it is read, in place of the input's interval.", { min: 1, max: DAY_MS }).optional(),
  mean: integer("The mean of so many samples, a millisecond apart; 20 are a period of 50 Hz mains.", {
    min: 2,
    max: 25,
  }).optional(),
  median: integer("The median of so many samples.", { min: 2, max: 25 }).optional(),
  on_change: flag("It is said only when it has changed, and at each heartbeat. A button does so by itself.").optional(),
  deadband: number(
    "It is said only when it differs by more than this from what was said last; of a DHT the temperature counts.",
    {
      min: 0,
    },
  ).optional(),
  heartbeat: duration("After this long it is said all the same, when it is said on change.", {
    min: 1_000,
    max: DAY_MS,
  }).optional(),
  scale: number("The value is multiplied by this.").optional(),
  offset: number("And this is added.").optional(),
  reference: number(
    "Volts that the converter takes for full scale: the board's supply. Of `supply` the chip's own reference.",
    {
      min: 0.1,
      max: 6,
    },
  ).optional(),
  beta: number("A thermistor's beta, in kelvin.", { min: 1 }).optional(),
  coefficients: list(
    number("A, B and C, in this order."),
    "A thermistor's coefficients by Steinhart and Hart, `[1.129e-3, 2.341e-4, 8.767e-8]`, in place of `beta` and `r0`.",
  ).optional(),
  r0: text("A thermistor's resistance at 25 C.", OHMS).optional(),
  series: text("The resistor from the thermistor to the supply.", OHMS).optional(),
  pullup: flag("The board's own pull-up resistor holds the pin high; a button's does unless this is false.").optional(),
  debounce: duration("Edges that follow another one within this are not counted.", { max: 255 }).optional(),
  rom: text("A DS18B20's address, when several are on one pin.", {
    pattern: /^[0-9A-Fa-f]{16}$/,
    expected: "16 hexadecimal digits such as 28FF641E0316032B",
  }).optional(),
};

export const settings = {
  port: text(
    "Where the board is: `auto` for the one that was seen before, or else the only one that is plugged in; a device such as `/dev/ttyACM0` or `COM3`; or `tcp://host:port`.",
    {
      pattern: /^(auto$|[\\/]|[a-zA-Z][a-zA-Z]+:\/\/|COM\d)/,
      expected: "auto, a device such as /dev/ttyACM0 or COM3, or tcp://host:port",
    },
  ).prefault("auto"),
  usb: portSettings.usb,
  board: text("With `port: auto`: the board's own id, as `fieldline boards` shows it.", {
    pattern: /^[0-9A-Fa-f]{8}$/,
    expected: "eight hexadecimal digits such as 5EED1234",
  }).optional(),
  model: choice(MODEL_NAMES, "Which board it is: that decides about pins. A Nano is an `uno`.").prefault("uno"),
  baud: integer("Baud rate of the firmware; when nothing answers, the usual others are tried.", {
    min: 1_200,
    max: 2_000_000,
  }).prefault("115200"),
  interval: duration("How often sensors are read; a kind that needs longer is read at its own pace.", {
    min: 1,
    max: DAY_MS,
  }).prefault("1s"),
  sensors: list(group(sensor, "A sensor."), "The sensors on the board's pins.", { min: 1 }),
};

export type ArduinoSettings = SettingsOf<typeof settings>;
export type SensorSettings = ArduinoSettings["sensors"][number];

/** Ohms of a text such as `4.7k`. */
export function ohmsOf(written: string): number {
  const unit = written.endsWith("k") ? 1e3 : written.endsWith("M") ? 1e6 : 1;
  return Number.parseFloat(written) * unit;
}

/** The port in the words of the configuration: the same whatever name the device has got. */
export function portName({ port, usb, board }: Pick<ArduinoSettings, "port" | "usb" | "board">): string {
  if (port !== "auto") return port;
  if (board !== undefined) return `board:${board.toUpperCase()}`;
  return usb === undefined ? "auto" : usbName(usb);
}
