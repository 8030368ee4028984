import { checkSignature } from "./chips.ts";
import { FlashError } from "./flash-error.ts";
import { ERASED } from "./intel-hex.ts";
import { hexOf, type Stk500 } from "./stk500.ts";

/** Bytes that an ATmega328P writes at once. */
const PAGE = 128;

export type Step = "write" | "verify";
/** Told how many of how many bytes of a step are done. */
export type OnProgress = (step: Step, done: number, of: number) => void;

/**
 * Writes a program by a bootloader that has been found, reads it back, and starts it.
 * @throws FlashError that says what went wrong; the signal's reason when it aborts before anything is written
 */
export async function upload(
  bootloader: Stk500,
  program: Uint8Array,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  checkSignature(await bootloader.signature(signal));
  await bootloader.enter(signal);
  try {
    await writeAndVerify(bootloader, pagesOf(program), onProgress, signal);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FlashError(`${reason}; the program on the board is not whole now: flash it again`, { cause: error });
  }
  await bootloader.leave(signal);
}

async function writeAndVerify(
  bootloader: Stk500,
  pages: readonly Uint8Array[],
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, page] of pages.entries()) {
    await bootloader.writePage(index * PAGE, page, signal);
    onProgress("write", index + 1, pages.length);
  }
  for (const [index, page] of pages.entries()) {
    compare(index * PAGE, page, await bootloader.readPage(index * PAGE, PAGE, signal));
    onProgress("verify", index + 1, pages.length);
  }
}

/** Reads the first bytes of the flash by a bootloader that has been found. @throws FlashError; the signal's reason */
export async function readStart(bootloader: Stk500, length: number, signal: AbortSignal): Promise<Buffer> {
  checkSignature(await bootloader.signature(signal));
  await bootloader.enter(signal);
  const pages: Buffer[] = [];
  for (let address = 0; address < length; address += PAGE) pages.push(await bootloader.readPage(address, PAGE, signal));
  return Buffer.concat(pages);
}

function pagesOf(program: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(program.length / PAGE) }, (_, index) => {
    const page = new Uint8Array(PAGE).fill(ERASED);
    page.set(program.subarray(index * PAGE, (index + 1) * PAGE));
    return page;
  });
}

function compare(address: number, written: Uint8Array, found: Uint8Array): void {
  const index = written.findIndex((byte, at) => byte !== found[at]);
  if (index === -1) return;
  throw new FlashError(
    `${hexOf(address + index)} holds ${hexByte(found[index])} where ${hexByte(written[index])} was written: ` +
      "the line is disturbed, or the chip is worn out if it is the same address again",
  );
}

function hexByte(byte: number | undefined): string {
  return (byte ?? 0).toString(16).toUpperCase().padStart(2, "0");
}
