import { setInterval as every } from "node:timers/promises";
import { EEPROMMemoryBackend } from "avr8js";
import { ERASED, parseHex } from "../../flash/index.ts";
import { type Cause, Chip, HERTZ, type Memories } from "./chip.ts";
import { FIRST_ANALOG, nothingConnected, type Outside, PINS } from "./outside.ts";

const FLASH_BYTES = 32_768;
const EEPROM_BYTES = 1_024;
const RAM_BYTES = 2_048;
/** How often it catches up with the clock: seldom enough to cost little, and a few bytes of the line at 115,200 baud. */
const SLICE_MS = 5;
/** What it does not catch up with, when this process has stood still; its clock has stood still then too. */
const MOST_BEHIND_MS = 250;
const CYCLES_PER_MS = HERTZ / 1_000;

/** An Arduino Uno that runs a hex file, without a boot loader: a reset starts the sketch at once. */
export class Uno {
  /** Told what the board sends; nobody hears it until this is set. */
  onSend: (bytes: Uint8Array) => void = () => {};
  readonly #outside: Outside = nothingConnected();
  readonly #memories: Memories;
  #chip: Chip;
  #target = 0;

  /** @param hex Intel HEX of a sketch for the ATmega328P at 16 MHz. @throws HexError when it is damaged */
  constructor(hex: string) {
    const eeprom = new EEPROMMemoryBackend(EEPROM_BYTES);
    this.#memories = { flash: flashWith(parseHex(hex, FLASH_BYTES)), eeprom, ram: new Uint8Array(RAM_BYTES) };
    this.#chip = new Chip(this.#memories, "power", this.#outside);
  }

  /** Puts a voltage on A0 to A5 (`input` 0 to 5). @throws RangeError for another input */
  analog(input: number, millivolts: number): void {
    if (!(input in this.#outside.millivolts)) throw new RangeError(`an Uno has analog inputs 0 to 5, not ${input}`);
    this.#outside.millivolts[input] = millivolts;
    this.#chip.look();
  }

  /**
   * Drives a pin from outside; undefined lets go of it.
   * @param pin 2 to 13, or 14 to 19 for A0 to A5; 0 and 1 are the serial port. @throws RangeError for another
   */
  drive(pin: number, level: boolean | undefined): void {
    if (!Number.isInteger(pin) || pin < 2 || pin >= PINS)
      throw new RangeError(
        `what can be driven are pins 2 to 13, and ${FIRST_ANALOG} to ${PINS - 1} for A0 to A5, not ${pin}`,
      );
    this.#outside.levels[pin] = level;
    this.#chip.look();
  }

  /** Whether a pin is high, whoever drives it. */
  level(pin: number): boolean {
    return this.#chip.level(pin);
  }

  /** Calls a part whenever the chip changes what it drives. */
  watch(part: () => void): void {
    this.#outside.watchers.add(part);
  }

  /** Sends bytes to its serial port, at the rate that the sketch has set. */
  receive(bytes: Uint8Array): void {
    this.#chip.serial.receive(bytes);
  }

  /** Presses its button: EEPROM and memory stay. */
  reset(): void {
    this.#restart("external");
  }

  /** Takes its power away and gives it back: EEPROM stays. */
  powerCycle(): void {
    this.#memories.ram = new Uint8Array(RAM_BYTES);
    this.#restart("power");
  }

  /** Lets so many milliseconds of its time pass, as fast as this machine can. */
  advance(milliseconds: number): void {
    this.#target += milliseconds * CYCLES_PER_MS;
    this.#chip.runUntil(this.#target);
    while (this.#chip.hasBitten) {
      const left = this.#target - this.#chip.time;
      this.#restart("watchdog");
      this.#target = left;
      this.#chip.runUntil(left);
    }
    this.#sayWhatWasSent();
  }

  /** Runs at the pace of a real one until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let last = performance.now();
    try {
      for await (const _ of every(SLICE_MS, undefined, { signal })) {
        const now = performance.now();
        this.advance(Math.min(now - last, MOST_BEHIND_MS));
        last = now;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #restart(cause: Cause): void {
    this.#sayWhatWasSent();
    this.#chip = new Chip(this.#memories, cause, this.#outside);
    this.#target = 0;
  }

  #sayWhatWasSent(): void {
    const sent = this.#chip.serial.takeSent();
    if (sent.length > 0) this.onSend(sent);
  }
}

/** The chip's flash as words, the low byte first. */
function flashWith(program: Uint8Array): Uint16Array {
  const bytes = new Uint8Array(FLASH_BYTES).fill(ERASED);
  bytes.set(program);
  return new Uint16Array(bytes.buffer);
}
