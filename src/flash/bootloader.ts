import { isBridge } from "../serial/index.ts";
import { type Bootloader, BOOTLOADERS } from "./bootloaders.ts";
import { FlashError, NoBootloader } from "./flash-error.ts";
import { otherReaders } from "./other-readers.ts";
import { resetBoard, withPort } from "./open-port.ts";
import { Stk500, type SyncPatience } from "./stk500.ts";

/** What is done with a bootloader that answers. */
export type OnBootloader<Result> = (bootloader: Stk500, which: Bootloader, signal: AbortSignal) => Promise<Result>;

/**
 * Resets the board on a port and finds its bootloader, at the speeds of the usual ones in turn.
 * @throws FlashError that says what to do when none answers; Error when the port cannot be opened; what the task throws
 */
export async function withBootloader<Result>(
  port: string,
  signal: AbortSignal,
  task: OnBootloader<Result>,
  patience?: SyncPatience,
): Promise<Result> {
  let heard = 0;
  // The rate of a bridge is the bridge's own.
  const candidates = isBridge(port) ? BOOTLOADERS.slice(0, 1) : BOOTLOADERS;
  for (const which of candidates) {
    try {
      return await withPort(port, which.baud, signal, async (connection, whileOpen) => {
        const bootloader = new Stk500(connection.stream);
        try {
          await resetBoard(connection, whileOpen);
          await bootloader.sync(whileOpen, patience);
          return await task(bootloader, which, whileOpen);
        } finally {
          bootloader.release();
        }
      });
    } catch (error) {
      if (!(error instanceof NoBootloader)) throw error;
      heard += error.heard;
    }
  }
  throw new FlashError(adviceWithoutBootloader(port, heard, await otherReaders(port)));
}

/** Sentences, one a line: what was seen, and what may be the reason. */
function adviceWithoutBootloader(port: string, heard: number, others: readonly string[]): string {
  const speeds = isBridge(port) ? "the bridge's rate" : `${BOOTLOADERS.map(({ baud }) => baud).join(" and ")} baud`;
  const seen =
    heard === 0
      ? "it says nothing at all"
      : `it sends something else (${heard} bytes): its sketch runs; opening the port has not reset it, or its bootloader is of another kind`;
  return [
    `no bootloader answers on ${port}, tried at ${speeds}: ${seen}`,
    ...others.map((other) => `  - ${other}`),
    "  - press the board's reset button just after the command has begun, and try again",
    "  - take another cable: many carry power alone; and pull off what is wired to pins 0 and 1",
    "  - is it an Uno or Nano? For another board say --board mega or --board leonardo",
    "  - a board without a bootloader needs a programmer: avrdude -c usbasp -p m328p -U flash:w:FILE.hex:i",
  ].join("\n");
}
