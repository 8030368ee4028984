import type { Firmata } from "firmata-io";
import type { SensorPlan } from "./messages.ts";

/** More have no message of Firmata. */
const MOST_CHANNELS = 16;

/**
 * The number of a sensor's pin as firmata-io has it: of an analog one its channel, of a digital one, which may be called
 * A0 as well, the pin. johnny-five makes a channel of either, and would read pin 0 for a switch on A0.
 * @returns undefined for a sensor on I2C
 * @throws Error that says which pins the board has
 */
export function pinNumber(
  { wire, pin }: Pick<SensorPlan, "wire" | "pin">,
  { pins, analogPins, MODES }: Pick<Firmata, "pins" | "analogPins" | "MODES">,
): number | undefined {
  if (pin === undefined) return undefined;
  const channel = pin.startsWith("A") ? Number(pin.slice(1)) : undefined;
  const channels = Math.min(analogPins.length, MOST_CHANNELS);
  if (channel !== undefined && channel >= channels)
    throw new Error(`this board has no ${pin}; its analog pins are ${range("A0", `A${channels - 1}`)}`);
  if (wire === "analog") return channel;
  const number = channel === undefined ? Number(pin) : analogPins[channel];
  const readable = pins.flatMap(({ supportedModes }, index) => (supportedModes.includes(MODES.INPUT) ? [index] : []));
  if (number === undefined || !readable.includes(number))
    throw new Error(`${pin} is no digital pin of this board; those are ${range(readable[0], readable.at(-1))}`);
  return number;
}

function range(first: unknown, last: unknown): string {
  return first === last ? String(first) : `${String(first)} to ${String(last)}`;
}
