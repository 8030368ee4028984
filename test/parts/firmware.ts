import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findProgram } from "./program.ts";

const FIRMWARE = fileURLToPath(new URL("../../firmware/", import.meta.url));
/** What the build needs is asked for first: make's own complaint would not say how to install it. */
const NEEDED = [
  "make",
  "gcc",
  "avr-gcc",
  "/usr/lib/avr/include/avr/io.h",
  "/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h",
  "/usr/include/simavr/sim_avr.h",
];
const made = new Map<string, Promise<unknown>>();

/** What `make` of the firmware's folder has built: a path in its build folder. */
export function builtFile(name: string): string {
  return `${FIRMWARE}build/${name}`;
}

/**
 * Builds a target of firmware/Makefile, once, while no other process builds.
 * @throws Error with what make printed
 */
export async function makeFirmware(...target: readonly string[]): Promise<void> {
  for (const needed of NEEDED) findProgram(needed);
  const key = target.join(" ");
  const make = made.get(key) ?? promisify(execFile)("flock", ["Makefile", "make", ...target], { cwd: FIRMWARE });
  made.set(key, make);
  await make;
}
