/** The parts of johnny-five that are used: its front door loads all of it, with packages for motors and music. */
import type { EventEmitter } from "node:events";
import type { Component, ComponentClass } from "johnny-five";
import Barometer from "johnny-five/lib/barometer.js";
import Board from "johnny-five/lib/board.js";
import Button from "johnny-five/lib/button.js";
import Hygrometer from "johnny-five/lib/hygrometer.js";
import Light from "johnny-five/lib/light.js";
import Motion from "johnny-five/lib/motion.js";
import Proximity from "johnny-five/lib/proximity.js";
import Sensor from "johnny-five/lib/sensor.js";
import sip from "johnny-five/lib/sip.js";
import Switch from "johnny-five/lib/switch.js";
import Thermometer from "johnny-five/lib/thermometer.js";
import type { ClassName } from "./classes.ts";
import type { SensorPlan } from "./messages.ts";

export const COMPONENTS: Readonly<Record<ClassName, ComponentClass>> = {
  Barometer,
  Button,
  Hygrometer,
  Light,
  Motion,
  Proximity,
  Sensor,
  Switch,
  Thermometer,
};

/** The address on I2C of a component: the one it was given, or its chip's usual one. */
export function addressOf(component: Component, { address, controller }: SensorPlan["options"]): number {
  if (typeof address === "number") return address;
  const ofDriver = sip.Drivers[String(controller)]?.ADDRESSES.value;
  const [usual] = ofDriver ?? (component["ADDRESSES"] as readonly number[]);
  return usual ?? 0;
}

/** Makes johnny-five's board of an io that is ready. Resolves when the board is. */
export async function makeBoard(io: EventEmitter): Promise<EventEmitter> {
  const board = new Board({ io, repl: false, debug: false, sigint: false });
  await new Promise<void>((resolve) => {
    board.once("ready", resolve);
  });
  // What comes of the serial line is told by those who hold it; without a listener an error would end the thread.
  board.on("error", () => {});
  return board;
}
