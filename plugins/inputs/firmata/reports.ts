import type { SensorPlan } from "./messages.ts";

/** The event in which firmata-io says what a sensor's pin reports; one that ends in "-" is the start of several. */
export function reportOf({ wire, pin = "" }: Pick<SensorPlan, "wire" | "pin">, analogPins: readonly number[]): string {
  if (wire === "i2c") return "I2C-reply-";
  if (wire === "one-wire") return "1-wire-read-reply-";
  const analog = pin.startsWith("A") ? Number(pin.slice(1)) : undefined;
  if (wire === "analog") return `analog-read-${analog}`;
  return `digital-read-${analog === undefined ? Number(pin) : analogPins[analog]}`;
}

/** When each sensor was last reported on, in milliseconds of the clock that is given. */
export class Reports {
  readonly #names: readonly string[];
  readonly #last: number[];
  readonly #fresh: boolean[];
  readonly #seen = new Set<number>();

  /** @param now when the sensors were set up: they are given time from here on */
  constructor(names: readonly string[], now: number) {
    this.#names = names;
    this.#last = names.map(() => now);
    this.#fresh = names.map(() => false);
  }

  /** Takes note of an event of firmata-io. */
  note(event: string, now: number): void {
    for (const [sensor, name] of this.#names.entries()) {
      if (name !== event && !(name.endsWith("-") && event.startsWith(name))) continue;
      this.#last[sensor] = now;
      this.#fresh[sensor] = true;
      this.#seen.add(sensor);
    }
  }

  /** Whether a sensor was reported on since the last time that this was asked. */
  takeFresh(sensor: number): boolean {
    const fresh = this.#fresh[sensor] === true;
    this.#fresh[sensor] = false;
    return fresh;
  }

  /** Whether a sensor was ever reported on. */
  seen(sensor: number): boolean {
    return this.#seen.has(sensor);
  }

  /** For how long a sensor has not been reported on. */
  age(sensor: number, now: number): number {
    return now - (this.#last[sensor] ?? now);
  }
}
