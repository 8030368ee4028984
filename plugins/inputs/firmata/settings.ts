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
} from "fieldline/plugin";
import { CLASS_NAMES, classOf } from "./classes.ts";

/** Each class with its field, and with its controllers, for the page. */
const FIELDS = CLASS_NAMES.map((name) => `\`${name}\` \`${classOf(name).field}\``).join(", ");
const CONTROLLERS = CLASS_NAMES.flatMap((name) => {
  const controllers = Object.keys(classOf(name).controllers);
  return controllers.length === 0 ? [] : [`of a ${name} ${controllers.join(", ")}`];
}).join("; ");

const NOT_EMPTY = { pattern: /./, expected: "text that is not empty" };

const sensor = {
  name: text("What it measures: the channel of its readings, and the measurement of its points.", NOT_EMPTY),
  class: choice(
    CLASS_NAMES,
    `The class of johnny-five that reads it, and the field of its points: ${FIELDS}. A Sensor's value is what the pin says: ` +
      "0 to 1023 of an analog one, 0 or 1 of a digital one; a Light's level is 0 to 1.",
  ).prefault("Sensor"),
  controller: text(
    `The chip, as johnny-five calls it: ${CONTROLLERS}. Thermometer, Hygrometer, Barometer and Proximity need one.`,
  ).optional(),
  pin: text("The pin it is on; a sensor on I2C has none.", {
    pattern: /^A?(\d|[1-9]\d)$/,
    expected: "a pin such as 7 or A0",
  }).optional(),
  address: text("Its address on I2C, when it is not the chip's usual one.", {
    pattern: /^0[xX][0-7]?[0-9a-fA-F]$/,
    expected: "a hexadecimal address such as 0x76",
  }).optional(),
  interval: duration("How often it is read, in place of the input's interval.", {
    min: 20,
    max: 86_400_000,
  }).optional(),
  measurement: text("The measurement, in place of the name.", NOT_EMPTY).optional(),
  tags: dictionary(text("The tag's value."), "Tags of its points.").prefault({}),
  field: text("The field's name, in place of the class's own.", NOT_EMPTY).optional(),
  pullup: flag("A button between the pin and ground: the board's own resistor holds the pin high.").optional(),
  invert: flag(
    "A button or switch whose levels are the other way round. Without it a button is pressed when its pin is high, with `pullup` " +
      "when it is low; a switch, whose pull-up is always on, is closed when its pin is low.",
  ).optional(),
  reference: number("The volts of the board's analog reference, for an analog thermometer; 5 without this.", {
    min: 0.1,
    max: 6,
  }).optional(),
};

export const settings = {
  ...portSettings,
  baud: integer("Baud rate; StandardFirmata has 57600. At a bridge, the bridge has its own.", {
    min: 1,
    max: 20_000_000,
  }).prefault("57600"),
  interval: duration(
    "How often each sensor is read. A button or switch is read when it changes too. Sensor takes the median of what the board said meanwhile, " +
      "in the last minute at most.",
    { min: 20, max: 86_400_000 },
  ).prefault("1s"),
  sensors: list(group(sensor, "A sensor."), "The sensors on the board.", { min: 1 }),
};

export type FirmataSettings = SettingsOf<typeof settings>;
export type SensorSettings = FirmataSettings["sensors"][number];
