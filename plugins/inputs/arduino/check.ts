import { bridgeAddress, isBridge, type Problem } from "fieldline/plugin";
import { kindOf } from "./kinds.ts";
import { lineName, LONGEST_NAME } from "./line-name.ts";
import { type Model, MODELS } from "./models.ts";
import { pinProblems } from "./pin-plan.ts";
import type { ArduinoSettings, SensorSettings } from "./settings.ts";

const LONGEST_FIELD = 11;
/** Settings that only some kinds have. */
const PARTICULAR = [
  "chip",
  "mean",
  "median",
  "scale",
  "offset",
  "reference",
  "beta",
  "r0",
  "coefficients",
  "series",
  "pullup",
  "debounce",
  "rom",
] as const;

/** What is impossible or of no use in a plan, found before anything is sent to a board. */
export function checkSettings(settings: ArduinoSettings): Problem[] {
  const model: Model = MODELS[settings.model];
  return [
    ...checkPort(settings),
    ...checkCount(settings, model),
    ...settings.sensors.flatMap((sensor, index) => checkSensor(sensor, ["sensors", index])),
    ...pinProblems(settings.sensors, model),
  ];
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

function checkSensor(sensor: SensorSettings, path: Problem["path"]): Problem[] {
  return [
    ...checkName(sensor, path),
    ...checkKind(sensor, path),
    ...checkChip(sensor, path),
    ...checkInterval(sensor, path),
    ...checkThermistor(sensor, path),
  ];
}

function checkName(sensor: SensorSettings, path: Problem["path"]): Problem[] {
  const at = [...path, sensor.measurement === undefined ? "name" : "measurement"];
  const bad = (message: string, where = at): Problem[] => [{ path: where, code: "bad-text", message }];
  let name: string;
  try {
    name = lineName(sensor);
  } catch (error) {
    return bad((error as Error).message);
  }
  if (/[\s!]/.test(name.charAt(0)) || /\s/.test(name))
    return bad(`a name on a board has no space: ${JSON.stringify(name)}`);
  const length = Buffer.byteLength(name);
  if (length > LONGEST_NAME)
    return bad(
      `measurement and tags have ${length} characters together, "${name}", and a board keeps ${LONGEST_NAME}: shorten them, or move tags that all sensors share to the input's \`tags\``,
    );
  const { field } = sensor;
  if (field !== undefined && (!/^[^\s#!,=]+$/.test(field) || Buffer.byteLength(field) > LONGEST_FIELD))
    return bad(`expected a field name of 1 to ${LONGEST_FIELD} characters without spaces, found "${field}"`, [
      ...path,
      "field",
    ]);
  return [];
}

function checkKind(sensor: SensorSettings, path: Problem["path"]): Problem[] {
  const { settings, twoValues } = kindOf(sensor.kind);
  const problems = PARTICULAR.filter((key) => sensor[key] !== undefined && !settings.includes(key)).map((key) => ({
    path: [...path, key],
    code: "conflicting-settings",
    message: `a ${sensor.kind} has no ${key}${settings.length === 0 ? "" : `: it has ${settings.join(", ")}`}`,
    atKey: true,
  }));
  if (twoValues !== undefined && sensor.field !== undefined) {
    const message = `a ${sensor.kind} has two fields, temp_c and humidity_pct, which have their names: use the processor rename`;
    problems.push({ path: [...path, "field"], code: "conflicting-settings", message, atKey: true });
  }
  if (sensor.mean !== undefined && sensor.median !== undefined) {
    const message = "mean and median both say what becomes of the samples: keep one of them";
    problems.push({ path: [...path, "median"], code: "conflicting-settings", message, atKey: true });
  }
  return problems;
}

function checkChip({ kind, chip }: SensorSettings, path: Problem["path"]): Problem[] {
  if (kind !== "thermocouple" || chip !== undefined) return [];
  const message = "chip is required: the thermocouple's converter, max6675 or max31855";
  return [{ path: [...path, "chip"], code: "missing-setting", message }];
}

function checkInterval({ kind, interval, mean, median }: SensorSettings, path: Problem["path"]): Problem[] {
  if (interval === undefined) return [];
  const { least } = kindOf(kind);
  const samples = mean ?? median ?? 1;
  const needed = Math.max(least, samples > 1 ? 2 * samples : 0);
  if (interval >= needed) return [];
  const why = needed === least ? `a ${kind}` : `${samples} samples`;
  return [
    {
      path: [...path, "interval"],
      code: "bad-duration",
      message: `${why} cannot be read every ${interval} ms: ${needed}ms at least`,
    },
  ];
}

function checkThermistor({ kind, coefficients, beta, r0, series }: SensorSettings, path: Problem["path"]): Problem[] {
  if (kind !== "ntc" || coefficients === undefined) return [];
  const at = [...path, "coefficients"];
  const bad = (code: string, message: string): Problem[] => [{ path: at, code, message }];
  if (coefficients.length !== 3 || coefficients.some((each) => each <= 0))
    return bad("bad-number", "expected Steinhart and Hart's three coefficients, all above 0");
  if (beta !== undefined || r0 !== undefined)
    return bad("conflicting-settings", "coefficients and beta both describe the thermistor: keep one of them");
  return series === undefined
    ? bad("conflicting-settings", "coefficients need series, the resistor beside the thermistor")
    : [];
}
