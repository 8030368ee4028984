import { checkPort, type Problem, suggestion } from "fieldline/plugin";
import { classOf, type Wire, wireOf } from "./classes.ts";
import type { FirmataSettings, SensorSettings } from "./settings.ts";

/** What is impossible or of no use among the settings, found before a port is opened. */
export function checkSettings(settings: FirmataSettings): Problem[] {
  const { sensors } = settings;
  return [
    ...checkPort(settings),
    ...sensors.flatMap((sensor, index) => checkSensor(sensor).map((problem) => within(index, problem))),
    ...repeated(
      sensors,
      "name",
      "conflicting-settings",
      (name) => `the name ${JSON.stringify(name)} is used twice: each sensor has its own`,
    ),
    ...repeated(sensors, "pin", "pin-taken", (pin) => `pin ${pin} is used twice`),
  ];
}

function within(index: number, problem: Problem): Problem {
  return { ...problem, path: ["sensors", index, ...problem.path] };
}

function checkSensor(sensor: SensorSettings): Problem[] {
  const wire = wireOf(sensor.class, sensor.controller, sensor.pin);
  if (wire === undefined) return [checkController(sensor)];
  return [...checkPin(sensor, wire), ...checkParticular(sensor, wire)];
}

function checkController({ class: name, controller }: SensorSettings): Problem {
  const known = Object.keys(classOf(name).controllers);
  if (controller === undefined) {
    const message = `controller is required: the chip of the ${name}, one of ${known.join(", ")}`;
    return { path: ["controller"], code: "missing-setting", message };
  }
  if (known.length === 0) {
    const message = `a ${name} has no controller`;
    return { path: ["controller"], code: "conflicting-settings", message, atKey: true };
  }
  const message = `${JSON.stringify(controller)} is no controller of a ${name}${suggestion(controller, known)}`;
  return { path: ["controller"], code: "bad-text", message };
}

function checkPin({ class: name, controller = name, pin }: SensorSettings, wire: Wire): Problem[] {
  const bad = (code: string, message: string): Problem[] => [{ path: ["pin"], code, message }];
  if (wire === "i2c") {
    if (pin === undefined) return [];
    const message = `a ${controller} is on I2C and has no pin of its own`;
    return [{ path: ["pin"], code: "conflicting-settings", message, atKey: true }];
  }
  const such = wire === "analog" ? "an analog pin such as A0" : "a pin such as 7";
  if (pin === undefined) return bad("missing-setting", `pin is required: ${such}`);
  if (wire === "analog" && !pin.startsWith("A")) return bad("bad-text", `expected ${such}, found ${pin}`);
  return [];
}

/** Settings that only some sensors have. */
function checkParticular(sensor: SensorSettings, wire: Wire): Problem[] {
  const { class: name } = sensor;
  const allowed = {
    pullup: name === "Button",
    invert: name === "Button" || name === "Switch",
    address: wire === "i2c",
    reference: name === "Thermometer" && wire === "analog",
  };
  return (Object.keys(allowed) as (keyof typeof allowed)[])
    .filter((key) => sensor[key] !== undefined && !allowed[key])
    .map((key) => ({
      path: [key],
      code: "conflicting-settings",
      message: `${key} says nothing about a ${sensor.controller ?? name}`,
      atKey: true,
    }));
}

function repeated(
  sensors: readonly SensorSettings[],
  key: "name" | "pin",
  code: string,
  say: (value: string) => string,
): readonly Problem[] {
  return sensors.flatMap((sensor, index) => {
    const value = sensor[key];
    if (value === undefined || sensors.findIndex((other) => other[key] === value) === index) return [];
    return [{ path: ["sensors", index, key], code, message: say(value) }];
  });
}
