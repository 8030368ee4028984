import type { Wire } from "./classes.ts";
import { ANALOG, DIGITAL, SYSEX } from "./whole-messages.ts";

const I2C_REPLY = 0x77;

/**
 * The bytes that a message of Firmata begins with that reports on a sensor.
 * @param number an analog channel, a digital pin or the address on I2C
 */
export function reportHead(wire: Wire, number: number): number[] {
  if (wire === "analog") return [ANALOG | number];
  if (wire === "digital") return [DIGITAL | (number >> 3)];
  return [SYSEX, I2C_REPLY, number & 0x7f, number >> 7];
}
