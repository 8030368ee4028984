import type { Failure, InputContext } from "fieldline/plugin";
import { fieldsOf, lineName } from "./line-name.ts";
import type { SensorSettings } from "./settings.ts";

/** What a sensor's failure means, by firmware/PROTOCOL.md. */
const REASONS: Readonly<Record<string, string>> = {
  absent: "it does not answer; is it connected, to this pin?",
  open: "it is cut off: a wire is loose",
  short: "it is shorted to ground or to the supply",
  checksum: "what it says is damaged; are its wires long, or without a pull-up?",
  range: "it says what it cannot measure",
};

/** Which sensors of a board have no value, and why; each change is logged once. */
export class FailingSensors {
  readonly #sensors: readonly SensorSettings[];
  readonly #log: InputContext["log"];
  readonly #failing = new Map<number, string>();
  /** The channel of a name and field as they stand in the lines. */
  readonly #channelOf: ReadonlyMap<string, number>;

  constructor(sensors: readonly SensorSettings[], log: InputContext["log"]) {
    this.#sensors = sensors;
    this.#log = log;
    this.#channelOf = new Map(sensors.map((sensor, index) => [`${lineName(sensor)} ${fieldsOf(sensor)[0]}`, index]));
  }

  /** A channel was due and has no value. */
  failed({ channel, reason }: Failure): void {
    if (this.#failing.get(channel) === reason) return;
    this.#failing.set(channel, reason);
    const name = this.#sensors[channel]?.name ?? String(channel);
    this.#log.warn({ sensor: name, reason }, `the sensor "${name}" has no value: ${REASONS[reason] ?? reason}`);
  }

  /** A line of a sensor has come. */
  said(line: Buffer): void {
    if (this.#failing.size === 0) return;
    const series = line.toString("utf8", 0, line.indexOf("=", line.indexOf(" ")));
    const channel = this.#channelOf.get(series);
    if (channel === undefined || !this.#failing.delete(channel)) return;
    const name = this.#sensors[channel]?.name ?? String(channel);
    this.#log.info({ sensor: name }, `the sensor "${name}" has a value again`);
  }
}
