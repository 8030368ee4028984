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

/** A loose wire fails and recovers many times a second: calm is when it has not failed for so long. */
const CALM_MS = 5_000;

interface Failing {
  /** As it was told last. */
  reason: string;
  toldMs: number;
  /** When it failed last. */
  failedMs: number;
}

/** Which sensors of a board have no value, and why; each change is logged once, when it lasts. */
export class FailingSensors {
  readonly #sensors: readonly SensorSettings[];
  readonly #log: InputContext["log"];
  readonly #failing = new Map<number, Failing>();
  /** The channel of a name and field as they stand in the lines. */
  readonly #channelOf: ReadonlyMap<string, number>;

  constructor(sensors: readonly SensorSettings[], log: InputContext["log"]) {
    this.#sensors = sensors;
    this.#log = log;
    this.#channelOf = new Map(sensors.map((sensor, index) => [`${lineName(sensor)} ${fieldsOf(sensor)[0]}`, index]));
  }

  /** A channel was due and has no value. @param nowMs by `performance.now()` */
  failed({ channel, reason }: Failure, nowMs: number): void {
    const before = this.#failing.get(channel);
    if (before !== undefined) before.failedMs = nowMs;
    if (before !== undefined && (before.reason === reason || nowMs - before.toldMs < CALM_MS)) return;
    this.#failing.set(channel, { reason, toldMs: nowMs, failedMs: nowMs });
    const name = this.#nameOf(channel);
    this.#log.warn({ sensor: name, reason }, `the sensor "${name}" has no value: ${REASONS[reason] ?? reason}`);
  }

  /** A line of a sensor has come. @param nowMs by `performance.now()` */
  said(line: Buffer, nowMs: number): void {
    if (this.#failing.size === 0) return;
    const series = line.toString("utf8", 0, line.indexOf("=", line.indexOf(" ")));
    const channel = this.#channelOf.get(series);
    const before = channel === undefined ? undefined : this.#failing.get(channel);
    if (channel === undefined || before === undefined || nowMs - before.failedMs < CALM_MS) return;
    this.#failing.delete(channel);
    const name = this.#nameOf(channel);
    this.#log.info({ sensor: name }, `the sensor "${name}" has a value again`);
  }

  #nameOf(channel: number): string {
    return this.#sensors[channel]?.name ?? String(channel);
  }
}
