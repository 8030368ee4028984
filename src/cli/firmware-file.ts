import { readFile } from "node:fs/promises";
import { packageFile } from "./package-file.ts";
import { RequestError } from "./request-error.ts";

/** A board that can be flashed: its chip, as a banner names it, the bytes for a program, and which firmware is for it. */
export interface FlashableBoard {
  readonly chip: string;
  readonly room: number;
  readonly firmware: string;
}

const UNO: FlashableBoard = { chip: "atmega328p", room: 32_256, firmware: "uno" };

/** The bootloaders of Mega and Leonardo take 8 KiB and 4 KiB of the flash. */
export const FLASHABLE = {
  uno: UNO,
  nano: UNO,
  mega: { chip: "atmega2560", room: 253_952, firmware: "mega" },
  leonardo: { chip: "atmega32u4", room: 28_672, firmware: "leonardo" },
} as const satisfies Readonly<Record<string, FlashableBoard>>;

/** The hex file of our firmware for a board, as the package has it. */
export function shippedHex(firmware: string): string {
  return packageFile(`firmware/hex/fieldline-${firmware}.hex`);
}

/** A program, and what it is. @throws RequestError that says what is wrong with the file, and where */
export async function readProgram(file: string, { chip, room }: FlashableBoard) {
  const { HexError, parseHex, programOf } = await import("../flash/index.ts");
  const text = await readFile(file, "latin1").catch((error: NodeJS.ErrnoException) => {
    throw new RequestError(
      error.code === "ENOENT" ? `${file} is not there` : `${file} cannot be read: ${error.message}`,
    );
  });
  let bytes: Uint8Array;
  try {
    bytes = parseHex(text, room);
  } catch (error) {
    if (error instanceof HexError) throw new RequestError(`${file}:${error.message}`);
    throw error;
  }
  const program = programOf(bytes);
  if (program.kind === "ours" && program.chip !== chip)
    throw new RequestError(`${file} is the firmware for ${program.chip}, and the board has ${chip}: see --board`);
  return { file, bytes, program };
}
