import { SYSEX } from "./whole-messages.ts";

const STRING = 0x71;
const REQUEST = 0x76;
const REPLY = 0x77;
const MODE = 0x18;
const READ_ONCE = 0x08;
/** How StandardFirmata begins to complain about a chip: "I2C: Too few bytes received", "I2C Read Error: ...", in pairs of 7 bits. */
const COMPLAINT = [SYSEX, STRING, 0x49, 0, 0x32, 0, 0x43, 0];
/** A request with a register has two bytes more than one without. */
const LENGTH_WITH_REGISTER = 9;

interface Question {
  readonly bytes: Uint8Array;
  /** It was open at the last look already. */
  isOld: boolean;
}

/** What is asked of the chips on I2C, and which answers are none. */
export class I2cBus {
  #complained = false;
  /** Reads that have not been answered, by address and register. */
  readonly #open = new Map<string, Question>();

  /** Takes note of what is sent to the board. */
  note(bytes: Uint8Array): void {
    const [first, command, address = 0, mode = 0, low = 0, high = 0] = bytes;
    if (first !== SYSEX || command !== REQUEST || (mode & MODE) !== READ_ONCE) return;
    const register = bytes.length === LENGTH_WITH_REGISTER ? low | (high << 7) : 0;
    this.#open.set(`${address} ${register}`, { bytes, isOld: false });
  }

  /**
   * Whether a message of the board is an answer in name only: of a chip that says nothing StandardFirmata complains, and
   * sends what is left in its buffer of an earlier answer; and in one that lacks a byte all pairs behind that are wrong.
   */
  isVoid(message: readonly number[]): boolean {
    const complained = this.#complained;
    this.#complained = COMPLAINT.every((byte, index) => message[index] === byte);
    const [first, command, addressLow = 0, addressHigh = 0, registerLow = 0, registerHigh = 0] = message;
    if (first !== SYSEX || command !== REPLY) return false;
    if (complained || message.length % 2 === 0) return true;
    this.#open.delete(`${addressLow | (addressHigh << 7)} ${registerLow | (registerHigh << 7)}`);
    return false;
  }

  /** Reads to ask for again, as johnny-five waits for ever: those that were open the last time too. */
  overdue(): Uint8Array[] {
    const open = [...this.#open.values()];
    const overdue = open.filter(({ isOld }) => isOld);
    for (const question of open) question.isOld = true;
    return overdue.map(({ bytes }) => bytes);
  }
}
