import { classOf, wireOf } from "./classes.ts";
import type { SensorPlan } from "./messages.ts";
import type { FirmataSettings, SensorSettings } from "./settings.ts";

/** The sensors of settings that have been checked, as the thread of the board is told of them. */
export function sensorPlans({ sensors, interval }: Pick<FirmataSettings, "sensors" | "interval">): SensorPlan[] {
  return sensors.map((sensor) => {
    const wire = wireOf(sensor.class, sensor.controller, sensor.pin) ?? "digital";
    return {
      name: sensor.name,
      class: sensor.class,
      wire,
      pin: sensor.pin,
      intervalMs: sensor.interval ?? interval,
      field: sensor.field ?? classOf(sensor.class).field,
      options: { ...(sensor.class === "Sensor" ? { type: wire } : {}), ...optionsOf(sensor) },
    };
  });
}

/** The options in johnny-five's words, without those that are left out. */
function optionsOf({ controller, address, pullup, invert, reference }: SensorSettings): Record<string, unknown> {
  const options = {
    controller,
    address: address === undefined ? undefined : Number(address),
    pullup,
    invert,
    aref: reference,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
