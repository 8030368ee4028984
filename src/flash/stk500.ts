import type { Duplex } from "node:stream";
import { ByteReader } from "./byte-reader.ts";
import { FlashError, NoBootloader } from "./flash-error.ts";

/** Commands and answers of STK500 version 1 (Atmel AVR061, "STK500 Communication Protocol"). */
const GET_SYNC = 0x30;
const ENTER_PROGMODE = 0x50;
const LEAVE_PROGMODE = 0x51;
const LOAD_ADDRESS = 0x55;
const PROG_PAGE = 0x64;
const READ_PAGE = 0x74;
const READ_SIGN = 0x75;
const END_OF_COMMAND = 0x20;
const IN_SYNC = 0x14;
const OK = 0x10;
const FLASH = 0x46;

const ANSWER_MS = 1_000;
/** Optiboot listens for one second after a reset: ten of these are two. */
const SYNC_ATTEMPTS = 10;
const SYNC_MS = 200;
/** Answers to earlier attempts may still be on their way. */
const QUIET_MS = 50;
const DRAIN_MS = 500;
const SIGNATURE_LENGTH = 3;

/** How long to look for a bootloader. */
export interface SyncPatience {
  readonly attempts: number;
  readonly answerMs: number;
}

const PATIENCE: SyncPatience = { attempts: SYNC_ATTEMPTS, answerMs: SYNC_MS };

/** The bootloader of an Uno or Nano at the other end of a stream. Its addresses are words, ours are bytes. */
export class Stk500 {
  readonly #stream: Duplex;
  readonly #reader: ByteReader;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#reader = new ByteReader(stream);
  }

  /** Lets go of the stream, and leaves it open. */
  release(): void {
    this.#reader.release();
  }

  /** Finds the bootloader, which has just been started. @throws NoBootloader; the signal's reason */
  async sync(signal: AbortSignal, { attempts, answerMs }: SyncPatience = PATIENCE): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      this.#reader.forget();
      this.#send([GET_SYNC]);
      if (!isDone(await this.#reader.take(2, answerMs, signal))) continue;
      await this.#reader.drain(QUIET_MS, DRAIN_MS, signal);
      // The one answer to this one question says that nothing else is in between.
      this.#send([GET_SYNC]);
      if (isDone(await this.#reader.take(2, answerMs, signal))) return;
    }
    throw new NoBootloader(this.#reader.heard);
  }

  /** The three bytes that say which chip it is. @throws FlashError; the signal's reason */
  async signature(signal: AbortSignal): Promise<number> {
    const bytes = await this.#ask("read the signature", [READ_SIGN], SIGNATURE_LENGTH, signal);
    return bytes.readUIntBE(0, SIGNATURE_LENGTH);
  }

  /** Begins to program. @throws FlashError; the signal's reason */
  async enter(signal: AbortSignal): Promise<void> {
    await this.#ask("begin", [ENTER_PROGMODE], 0, signal);
  }

  /** Writes one page at an address that is a multiple of its length. @throws FlashError; the signal's reason */
  async writePage(address: number, page: Uint8Array, signal: AbortSignal): Promise<void> {
    const what = `write at ${hexOf(address)}`;
    await this.#ask(what, [LOAD_ADDRESS, ...wordAddress(address)], 0, signal);
    await this.#ask(what, [PROG_PAGE, page.length >> 8, page.length & 0xff, FLASH, ...page], 0, signal);
  }

  /** Reads at most 256 bytes at an even address. @throws FlashError; the signal's reason */
  async readPage(address: number, length: number, signal: AbortSignal): Promise<Buffer> {
    const what = `read at ${hexOf(address)}`;
    await this.#ask(what, [LOAD_ADDRESS, ...wordAddress(address)], 0, signal);
    return this.#ask(what, [READ_PAGE, length >> 8, length & 0xff, FLASH], length, signal);
  }

  /** Has the bootloader start what has been written. @throws FlashError; the signal's reason */
  async leave(signal: AbortSignal): Promise<void> {
    await this.#ask("start the program, which is written and verified", [LEAVE_PROGMODE], 0, signal);
  }

  /** Sends a command; returns what comes between the two bytes that say it went well. */
  async #ask(what: string, command: readonly number[], length: number, signal: AbortSignal): Promise<Buffer> {
    this.#send(command);
    const answer = await this.#reader.take(length + 2, ANSWER_MS, signal);
    if (answer === undefined) throw new FlashError(`the bootloader stopped answering when asked to ${what}`);
    if (answer[0] !== IN_SYNC || answer.at(-1) !== OK)
      throw new FlashError(`the bootloader answered something else when asked to ${what}`);
    return answer.subarray(1, -1);
  }

  #send(command: readonly number[]): void {
    this.#stream.write(Uint8Array.from([...command, END_OF_COMMAND]));
  }
}

function isDone(answer: Buffer | undefined): boolean {
  return answer !== undefined && answer[0] === IN_SYNC && answer[1] === OK;
}

function wordAddress(address: number): [number, number] {
  return [(address >> 1) & 0xff, address >> 9];
}

/** An address as it is written. */
export function hexOf(address: number): string {
  return `0x${address.toString(16).toUpperCase().padStart(4, "0")}`;
}
