import type { KindName } from "./kinds.ts";

/** The fields of each kind, as the firmware names them. */
export const KIND_FIELDS: Readonly<Record<KindName, readonly string[]>> = {
  voltage: ["volts"],
  ntc: ["temp_c"],
  lm35: ["temp_c"],
  tmp36: ["temp_c"],
  light: ["light_pct"],
  digital: ["state"],
  button: ["pressed"],
  counter: ["count"],
  frequency: ["hz"],
  dht11: ["temp_c", "humidity_pct"],
  dht22: ["temp_c", "humidity_pct"],
  ds18b20: ["temp_c"],
  thermocouple: ["temp_c"],
  distance: ["distance_m"],
  supply: ["volts"],
  memory: ["free_bytes"],
};
