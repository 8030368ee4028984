import type { Problem } from "fieldline/plugin";
import { type KindName, kindOf } from "./kinds.ts";
import { type Model, pinNumber, reasonAgainstPin } from "./models.ts";
import type { SensorSettings } from "./settings.ts";

/** A pin that a sensor names, and where. */
interface Named {
  readonly pin: string;
  readonly path: readonly (string | number)[];
}

interface Taken {
  readonly sensor: SensorSettings;
  /** Others of its sort may be on the same pin. */
  readonly shared: string | undefined;
}

const BUS = "bus";

/** The names under `pins` that a kind has in place of `pin`. */
const SEVERAL: Readonly<Partial<Record<KindName, readonly ("cs" | "trigger" | "echo")[]>>> = {
  thermocouple: ["cs"],
  distance: ["trigger", "echo"],
};

/** What is wrong with the pins of all sensors: missing, not on the board, of no use for the kind, or used twice. */
export function pinProblems(sensors: readonly SensorSettings[], model: Model): Problem[] {
  const taken = new Map<number, Taken>();
  return sensors.flatMap((sensor, index) => {
    const path = ["sensors", index];
    const { names, problems } = namedPins(sensor, path);
    if (problems.length > 0) return problems;
    const bad = names.flatMap((named) => reasonAgainst(named, sensor, model));
    if (bad.length > 0) return bad;
    const own = names.flatMap((named) => take(pinNumber(model, named.pin) ?? -1, named, sensor, taken));
    // The clock and the data of all thermocouples are the same two pins.
    const bus = sensor.kind !== "thermocouple" ? [] : [model.sck, model.miso];
    const [first = { pin: "", path }] = names;
    return [...own, ...bus.flatMap((pin) => take(pin, first, sensor, taken, BUS))];
  });
}

/** The pins that a sensor has to name, and those that it lacks or has too many. */
function namedPins(sensor: SensorSettings, path: Problem["path"]): { names: Named[]; problems: Problem[] } {
  const { kind, pin, pins } = sensor;
  const several = SEVERAL[kind] ?? [];
  const needsOne = several.length === 0 && kindOf(kind).pin !== "none";
  const problems: Problem[] = [];
  const missing = (key: string, message: string) =>
    problems.push({ path: [...path, key], code: "missing-setting", message });
  const unwanted = (key: string, message: string) =>
    problems.push({ path: [...path, key], code: "conflicting-settings", message, atKey: true });
  if (needsOne && pin === undefined) missing("pin", `pin is required: the pin that the ${kind} is on`);
  if (!needsOne && pin !== undefined)
    unwanted("pin", several.length === 0 ? `a ${kind} has no pin` : `a ${kind} has pins: { ${several.join(", ")} }`);
  if (several.length === 0 && pins !== undefined) unwanted("pins", `a ${kind} has no pins: { }, write pin`);
  for (const key of several)
    if (pins?.[key] === undefined)
      missing("pins", `pins is required: { ${several.map((each) => `${each}: PIN`).join(", ")} }`);
  const names = needsOne
    ? [{ pin: pin ?? "", path: [...path, "pin"] }]
    : several.map((key) => ({ pin: pins?.[key] ?? "", path: [...path, "pins", key] }));
  return { names, problems: problems.slice(0, 1) };
}

function reasonAgainst({ pin, path }: Named, { kind }: SensorSettings, model: Model): Problem[] {
  const message = reasonAgainstPin(model, pin, kindOf(kind).pin);
  return message === undefined ? [] : [{ path, code: "bad-pin", message }];
}

/** Several DS18B20 may be on one pin, each with its address; an interrupt counts for a counter and a frequency alike. */
function sharedAs(sensor: SensorSettings): string | undefined {
  if (sensor.kind === "ds18b20") return sensor.rom === undefined ? undefined : "DS18B20 with addresses";
  return sensor.kind === "counter" || sensor.kind === "frequency" ? "pulses" : undefined;
}

function take(
  pin: number,
  { pin: written, path }: Named,
  sensor: SensorSettings,
  taken: Map<number, Taken>,
  shared = sharedAs(sensor),
): Problem[] {
  const before = taken.get(pin);
  if (before === undefined) {
    taken.set(pin, { sensor, shared });
    return [];
  }
  if (shared !== undefined && shared === before.shared) return [];
  const other = `the sensor "${before.sensor.name}"`;
  const bothAddressed = sensor.kind === "ds18b20" && before.sensor.kind === "ds18b20";
  const hint = bothAddressed ? ": several on one pin need each its address, `rom`" : "";
  const message =
    shared === BUS ? `${other} is on a pin of the thermocouples' bus` : `pin ${written} is taken by ${other}${hint}`;
  return [{ path, code: "pin-taken", message }];
}
