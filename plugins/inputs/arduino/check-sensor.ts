import type { Problem } from "fieldline/plugin";
import { leastInterval } from "./channels.ts";
import { kindOf } from "./kinds.ts";
import { fieldsOf, lineName, LONGEST_NAME } from "./line-name.ts";
import type { SensorSettings } from "./settings.ts";

const LONGEST_FIELD = 11;
/** White space and control characters. */
const NOT_IN_NAMES = /[\s\p{Cc}]/u;
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

/** What is impossible or of no use in one sensor's settings. */
export function checkSensor(sensor: SensorSettings, path: Problem["path"]): Problem[] {
  return [
    ...checkName(sensor, path),
    ...checkKind(sensor, path),
    ...checkChip(sensor, path),
    ...checkInterval(sensor, path),
    ...checkRom(sensor, path),
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
  if (name.startsWith("!")) return bad(`a name on a board does not begin with !: ${JSON.stringify(name)}`);
  if (NOT_IN_NAMES.test(name)) return bad(`a name on a board has no space: ${JSON.stringify(name)}`);
  const length = Buffer.byteLength(name);
  if (length > LONGEST_NAME)
    return bad(
      `measurement and tags have ${length} characters together, "${name}", and a board keeps ${LONGEST_NAME}: shorten them, or move tags that all sensors share to the input's \`tags\``,
    );
  const { field } = sensor;
  if (field !== undefined && (!/^[^\s\p{Cc}#!,=]+$/u.test(field) || Buffer.byteLength(field) > LONGEST_FIELD))
    return bad(`expected a field name of 1 to ${LONGEST_FIELD} characters without spaces, found "${field}"`, [
      ...path,
      "field",
    ]);
  return [];
}

function checkKind(sensor: SensorSettings, path: Problem["path"]): Problem[] {
  const { settings, second } = kindOf(sensor.kind);
  const problems = PARTICULAR.filter((key) => sensor[key] !== undefined && !settings.includes(key)).map((key) => ({
    path: [...path, key],
    code: "conflicting-settings",
    message: `a ${sensor.kind} has no ${key}${settings.length === 0 ? "" : `: it has ${settings.join(", ")}`}`,
    atKey: true,
  }));
  if (second !== undefined && sensor.field !== undefined) {
    const message = `a ${sensor.kind} has two fields, ${fieldsOf(sensor).join(" and ")}, which have their names: use the processor rename`;
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

function checkInterval(sensor: SensorSettings, path: Problem["path"]): Problem[] {
  const { kind, interval, mean, median = mean } = sensor;
  const needed = leastInterval(sensor);
  if (interval === undefined || interval >= needed) return [];
  const why = needed === kindOf(kind).least ? `a ${kind}` : `${median} samples`;
  const message = `${why} cannot be read every ${interval} ms: ${needed}ms at least`;
  return [{ path: [...path, "interval"], code: "bad-duration", message }];
}

/** The last byte of a 1-Wire address is the CRC-8 of the others: x^8 + x^5 + x^4 + 1, reflected (Maxim, application note 27). */
function checkRom({ rom }: SensorSettings, path: Problem["path"]): Problem[] {
  if (rom === undefined) return [];
  let crc = 0;
  for (const byte of Buffer.from(rom, "hex")) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8c : crc >>> 1;
  }
  if (crc === 0) return [];
  const message = `${rom} is no address: its last two digits are not the checksum of the others; is a digit wrong?`;
  return [{ path: [...path, "rom"], code: "bad-text", message }];
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
