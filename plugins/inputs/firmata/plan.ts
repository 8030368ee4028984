import { classOf, wireOf } from "./classes.ts";
import type { SensorPlan } from "./messages.ts";
import type { FirmataSettings, SensorSettings } from "./settings.ts";

/**
 * johnny-five gives a value at least so often, that it be no older when it is said, and that it hold no more samples.
 * Sensor has longer, for its median.
 */
const LONGEST_TURN_MS = 1_000;
const LONGEST_TURN_OF_SENSOR_MS = 60_000;

/** The sensors of settings that have been checked, as the thread of the board is told of them. */
export function sensorPlans({ sensors, interval }: Pick<FirmataSettings, "sensors" | "interval">): SensorPlan[] {
  return sensors.map((sensor) => {
    const wire = wireOf(sensor.class, sensor.controller, sensor.pin) ?? "digital";
    const intervalMs = sensor.interval ?? interval;
    const turns = Math.ceil(intervalMs / (sensor.class === "Sensor" ? LONGEST_TURN_OF_SENSOR_MS : LONGEST_TURN_MS));
    return {
      name: sensor.name,
      class: sensor.class,
      wire,
      pin: sensor.pin,
      turnMs: intervalMs / turns,
      turns,
      field: sensor.field ?? classOf(sensor.class).field,
      options: { ...(sensor.class === "Sensor" ? { type: wire } : {}), ...optionsOf(sensor) },
    };
  });
}

/** The options in johnny-five's words, without those that are left out. */
function optionsOf(sensor: SensorSettings): Record<string, unknown> {
  const { controller, address, pullup, invert, reference } = sensor;
  const options = {
    controller,
    address: address === undefined ? undefined : Number(address),
    pullup,
    // To johnny-five it says that low is pressed or closed, which is so without it for a switch and with a pull-up.
    invert: invert === true ? !(sensor.class === "Switch" || pullup === true) : undefined,
    aref: reference,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
