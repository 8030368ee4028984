import { withBootloader } from "./bootloader.ts";
import type { Bootloader } from "./bootloaders.ts";
import { FlashError } from "./flash-error.ts";
import { type Program, programOf, TELLING_BYTES } from "./program.ts";
import { type OnProgress, readStart, upload } from "./upload.ts";
import { askPort, SKETCH_BAUD } from "./ask-port.ts";

/**
 * Writes a program to the Uno or Nano on a port, reads it back, and starts it.
 * @returns the bootloader that took it
 * @throws as `withBootloader` and `upload`
 */
export async function flashProgram(
  port: string,
  program: Uint8Array,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Bootloader> {
  return withBootloader(port, signal, async (bootloader, which, whileOpen) => {
    checkRoom(program, which);
    await upload(bootloader, program, onProgress, whileOpen);
    return which;
  });
}

/**
 * What is on the Uno or Nano on a port. A short program leaves the rest of the one before in the flash, so what looks
 * like ours is started, and has to say its banner.
 * @throws as `flashProgram`
 */
export async function programOn(port: string, signal: AbortSignal): Promise<Program> {
  const start = await withBootloader(port, signal, async (bootloader, _which, whileOpen) =>
    readStart(bootloader, TELLING_BYTES, whileOpen),
  );
  const found = programOf(start);
  if (found.kind !== "ours") return found;
  const { kind } = await askPort(port, SKETCH_BAUD, signal);
  return kind === "board" ? found : { kind: "other" };
}

function checkRoom({ length }: Uint8Array, { name, baud, room }: Bootloader): void {
  if (length <= room) return;
  throw new FlashError(
    `the program has ${length} bytes, and the board's bootloader (${name}, ${baud} baud) leaves ${room}: nothing has been written`,
  );
}
