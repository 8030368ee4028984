import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./program.ts";

/** Compiles a program in C for an Uno, without the Arduino core; returns Intel HEX. @throws Error with what the compiler printed */
export async function compileForUno(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-avr-"));
  try {
    const elf = join(folder, "own.elf");
    const hex = join(folder, "own.hex");
    const flags = ["-mmcu=atmega328p", "-DF_CPU=16000000UL", "-Os", "-x", "c", "-", "-o", elf];
    execFileSync(findProgram("avr-gcc"), flags, { input: program });
    execFileSync(findProgram("avr-objcopy"), ["-O", "ihex", elf, hex]);
    return await readFile(hex, "utf8");
  } finally {
    await rm(folder, { recursive: true });
  }
}
