import { classOf, type Sample } from "./classes.ts";
import type { SensorPlan } from "./messages.ts";

/**
 * The sample of a component, with the value of its class under the field's name.
 * @param brought what its event brought: a number for Sensor, the properties for most others
 * @returns undefined for what is no measurement, such as NaN before the first report or -273 C of a broken thermistor
 */
export function sampleOf(
  { class: name, field }: Pick<SensorPlan, "class" | "field">,
  component: Readonly<Record<string, unknown>>,
  brought: unknown,
): Sample | undefined {
  const { value, range: [least, most] = [-Infinity, Infinity] } = classOf(name);
  const found = value === "" ? brought : component[value];
  if (typeof found === "boolean") return { [field]: found };
  const isMeasured = typeof found === "number" && Number.isFinite(found) && found >= least && found <= most;
  return isMeasured ? { [field]: found } : undefined;
}
