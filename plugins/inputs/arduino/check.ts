import { bridgeAddress, isBridge, LONGEST_COMMAND, type Problem } from "fieldline/plugin";
import { channelsOf } from "./channels.ts";
import { checkSensor } from "./check-sensor.ts";
import { orderOf } from "./configure.ts";
import { fieldsOf, lineName } from "./line-name.ts";
import { type Model, MODELS } from "./models.ts";
import { pinProblems } from "./pin-plan.ts";
import type { ArduinoSettings } from "./settings.ts";

/** What a command's mark, checksum and line feed leave. */
const LONGEST_ORDER = LONGEST_COMMAND - "!*@@@@\n".length;

/** What is impossible or of no use in a plan, found before anything is sent to a board. */
export function checkSettings(settings: ArduinoSettings): Problem[] {
  const model: Model = MODELS[settings.model];
  const problems = [
    ...checkPort(settings),
    ...checkCount(settings, model),
    ...settings.sensors.flatMap((sensor, index) => checkSensor(sensor, ["sensors", index])),
    ...pinProblems(settings.sensors, model),
  ];
  return problems.length > 0 ? problems : [...checkSeries(settings), ...checkLength(settings)];
}

function checkPort({ port, usb, board }: ArduinoSettings): Problem[] {
  if (isBridge(port) && bridgeAddress(port) === undefined)
    return [{ path: ["port"], code: "bad-text", message: `expected tcp://host:port, found ${JSON.stringify(port)}` }];
  const other = usb === undefined ? (board === undefined ? undefined : "board") : "usb";
  if (port === "auto" || other === undefined) return [];
  const message = `port and ${other} both name the board: keep one of them`;
  return [{ path: [other], code: "conflicting-settings", message, atKey: true }];
}

function checkCount({ sensors }: ArduinoSettings, { title, channels }: Model): Problem[] {
  if (sensors.length <= channels) return [];
  const message = `${sensors.length} sensors, and the ${title} has ${channels} channels: leave out ${sensors.length - channels}`;
  return [{ path: ["sensors", channels], code: "too-many-sensors", message }];
}

/** Sensors are told apart by measurement, tags and field alone. */
function checkSeries({ sensors }: ArduinoSettings): Problem[] {
  const taken = new Map<string, string>();
  return sensors.flatMap((sensor, index) => {
    const series = fieldsOf(sensor).map((field) => `${lineName(sensor)} ${field}`);
    const same = series.find((each) => taken.has(each));
    for (const each of series) taken.set(each, taken.get(each) ?? sensor.name);
    if (same === undefined) return [];
    const message = `"${same}" is what the sensor "${taken.get(same)}" sends: give one of them another name, tag or field`;
    return [{ path: ["sensors", index, "name"], code: "conflicting-settings", message }];
  });
}

function checkLength(settings: ArduinoSettings): Problem[] {
  return channelsOf(settings).flatMap((channel, index) => {
    const over = Buffer.byteLength(orderOf(index, channel)) - LONGEST_ORDER;
    if (over <= 0) return [];
    const message = `the board takes ${LONGEST_ORDER} characters for a sensor, and this has ${over} more: shorten its name, tags and numbers`;
    return [{ path: ["sensors", index], code: "bad-text", message }];
  });
}
