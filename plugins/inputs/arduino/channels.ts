import { createHash } from "node:crypto";
import { kindOf } from "./kinds.ts";
import { lineName } from "./line-name.ts";
import { type ArduinoSettings, ohmsOf, type SensorSettings } from "./settings.ts";
import { boardThermistor, type SteinhartHart } from "./thermistor.ts";

const BUTTON_INTERVAL_MS = 5;
const BUTTON_HEARTBEAT_MS = 60_000;

/** The settings of each channel as the board is told them, in their order. */
export function channelsOf({ sensors, interval }: Pick<ArduinoSettings, "sensors" | "interval">): string[] {
  return sensors.map((sensor) =>
    Object.entries(settingsOf(sensor, interval))
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(" "),
  );
}

/** The host's name for a whole configuration: eight hexadecimal digits that are not all 0. */
export function configurationHash(channels: readonly string[]): string {
  const hash = createHash("sha256").update(channels.join("\n")).digest("hex").slice(0, 8).toUpperCase();
  return hash === "00000000" ? "00000001" : hash;
}

/** The least interval of a sensor, in milliseconds: its kind's, and twice as many as it has samples. */
export function leastInterval({ kind, mean, median }: SensorSettings): number {
  return Math.max(kindOf(kind).least, 2 * (mean ?? median ?? 0));
}

/** How often a sensor says something when all is well, in milliseconds. */
export function longestPause(sensor: SensorSettings, interval: number): number {
  const every = everyOf(sensor, interval) ?? BUTTON_INTERVAL_MS;
  const onChange = sensor.kind === "button" || sensor.on_change === true || sensor.deadband !== undefined;
  return onChange ? Math.max(every, sensor.heartbeat ?? BUTTON_HEARTBEAT_MS) : every;
}

/** How often it is read, in milliseconds; undefined for as often as the board reads its kind by itself. */
function everyOf(sensor: SensorSettings, interval: number): number | undefined {
  return sensor.interval ?? (sensor.kind === "button" ? undefined : Math.max(interval, leastInterval(sensor)));
}

/** @returns what is left out of it has the board's default */
function settingsOf(sensor: SensorSettings, interval: number): Record<string, string | number | undefined> {
  const { kind, field, mean, median, deadband, on_change, heartbeat, scale, offset, reference, beta } = sensor;
  return {
    kind: kind === "thermocouple" ? sensor.chip : kind,
    name: lineName(sensor),
    field,
    pin: sensor.pin ?? sensor.pins?.cs ?? sensor.pins?.trigger,
    echo: sensor.pins?.echo,
    every: everyOf(sensor, interval),
    mean,
    median,
    deadband: deadband ?? (on_change === true && kind !== "button" ? 0 : undefined),
    heartbeat,
    scale,
    offset,
    ref: reference,
    beta,
    ...thermistorOf(sensor),
    pullup: sensor.pullup === undefined ? undefined : Number(sensor.pullup),
    debounce: sensor.debounce,
    rom: sensor.rom?.toUpperCase(),
  };
}

function thermistorOf({ coefficients, r0, series }: SensorSettings): Record<string, string | number | undefined> {
  const ohms = series === undefined ? undefined : ohmsOf(series);
  if (coefficients === undefined || ohms === undefined)
    return { r0: r0 === undefined ? undefined : ohmsOf(r0), series: ohms };
  const [a, b, c] = boardThermistor(coefficients as unknown as SteinhartHart, ohms);
  return { a, b, c };
}
