import type { Firmata } from "firmata-io";
import type { SensorPlan } from "./messages.ts";

/** More have no message of Firmata. */
const MOST_CHANNELS = 16;

/**
 * The number of a sensor's pin as firmata-io has it: of an analog one its channel, of a digital one, which may be called
 * A0 as well, the pin. johnny-five makes a channel of either, and would read pin 0 for a switch on A0.
 * @param all the sensors of the board
 * @returns undefined for a sensor on I2C
 * @throws Error that says which pins the board has
 */
export function pinNumber(
  sensor: SensorPlan,
  { pins, analogPins, MODES }: Firmata,
  all: readonly SensorPlan[],
): number | undefined {
  const { wire, pin } = sensor;
  if (pin === undefined) return undefined;
  const channels = Math.min(analogPins.length, MOST_CHANNELS);
  const channel = channelOf(pin);
  if (channel !== undefined && channel >= channels)
    throw new Error(`this board has no ${pin}; its analog pins are ${range("A0", `A${channels - 1}`)}`);
  const numberOf = (name: string) => analogPins[channelOf(name) ?? -1] ?? Number(name);
  const number = numberOf(pin);
  const other = all.find((one) => one !== sensor && one.pin !== undefined && numberOf(one.pin) === number);
  if (other !== undefined)
    throw new Error(`${pin} is the same pin of this board as ${other.pin}, which ${other.name} is on`);
  const onI2c = all.find((one) => one.wire === "i2c");
  if (onI2c !== undefined && pins[number]?.supportedModes.includes(MODES.I2C) === true)
    throw new Error(`${pin} is a pin of I2C on this board, and ${onI2c.name} is on I2C`);
  if (wire === "analog") return channel;
  const readable = pins.flatMap(({ supportedModes }, index) => (supportedModes.includes(MODES.INPUT) ? [index] : []));
  if (!readable.includes(number))
    throw new Error(`${pin} is no digital pin of this board; those are ${range(readable[0], readable.at(-1))}`);
  return number;
}

/** The analog channel of a pin such as A0. */
function channelOf(pin: string): number | undefined {
  return pin.startsWith("A") ? Number(pin.slice(1)) : undefined;
}

function range(first: unknown, last: unknown): string {
  return first === last ? String(first) : `${String(first)} to ${String(last)}`;
}
