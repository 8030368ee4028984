import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Board, startBoard } from "./board.ts";
import { builtFile, makeFirmware } from "./firmware.ts";

/** A program of one instruction, `rjmp .`, and a page more. */
const TINY = ":02000000FFCF30\n:0200800001027B\n:00000001FF\n";

/** Of the Uno, of an old Nano, of the Mega; and the chips that they are for. */
const CHIPS = { optiboot: "atmega328p", atmegaboot: "atmega328p", stk500boot: "atmega2560" } as const;

export interface FlashableBoard {
  readonly board: Board;
  readonly port: string;
  /** With the port, and `tiny.hex`: a program that does nothing. */
  readonly folder: string;
  /** The file that is the board's flash. */
  readonly flash: string;
}

/**
 * Plugs in a board with a bootloader.
 * @param after is given what takes it away again
 * @param sketch what is on it: ours for the Uno, or the tiny one
 */
export async function plugInFlashable(
  after: (undo: () => Promise<void> | void) => void,
  bootloader: keyof typeof CHIPS,
  sketch: "ours" | "tiny" = "ours",
  ...options: string[]
): Promise<FlashableBoard> {
  await makeFirmware("simulator");
  const folder = await mkdtemp(join(tmpdir(), "fieldline-flash-"));
  after(() => rm(folder, { recursive: true, force: true }));
  const tiny = join(folder, "tiny.hex");
  await writeFile(tiny, TINY);
  const [flash, port] = [join(folder, "flash.bin"), join(folder, "port")];
  const board = await startBoard(port, {
    ...(sketch === "tiny" ? { hex: tiny } : {}),
    arguments: ["-c", CHIPS[bootloader], "-b", builtFile(`${bootloader}.hex`), "-f", flash, ...options],
  });
  after(board.stop);
  return { board, port, folder, flash };
}
