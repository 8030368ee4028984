import type { Uno } from "./uno.ts";

const HIGHEST_C = 1_023.75;
const STEPS_PER_C = 4;
const WORD_BITS = 16;
const OPEN = 0b100;

/** Where a MAX6675 is connected. */
export interface Max6675Pins {
  readonly cs: number;
  readonly sck: number;
  readonly miso: number;
}

/** A thermocouple converter, as its data sheet describes its serial interface. */
export class Max6675 {
  /** What the thermocouple measures, 0 to 1023.75 degrees Celsius; undefined when none is connected. */
  celsius: number | undefined;
  readonly #board: Uno;
  readonly #pins: Max6675Pins;
  #word = 0;
  #bits = 0;
  #selected = false;
  #clock = false;

  constructor(board: Uno, pins: Max6675Pins, celsius: number) {
    this.#board = board;
    this.#pins = pins;
    this.celsius = celsius;
    board.watch(() => this.#look());
  }

  #look(): void {
    const selected = !this.#board.level(this.#pins.cs);
    const clock = this.#board.level(this.#pins.sck);
    const wasSelected = this.#selected;
    const fell = this.#clock && !clock;
    this.#selected = selected;
    this.#clock = clock;
    if (selected && !wasSelected) this.#begin();
    else if (selected && fell) this.#shift();
    else if (!selected && wasSelected) this.#board.drive(this.#pins.miso, undefined);
  }

  /** The highest bit stands on the line once the chip is selected, each other one after a falling edge of the clock. */
  #begin(): void {
    this.#word = wordOf(this.celsius);
    this.#bits = WORD_BITS;
    this.#shift();
  }

  #shift(): void {
    if (this.#bits > 0) this.#bits -= 1;
    this.#board.drive(this.#pins.miso, ((this.#word >> this.#bits) & 1) === 1);
  }
}

/** D14 to D3 are quarters of a degree, D2 is set without a thermocouple. */
function wordOf(celsius: number | undefined): number {
  if (celsius === undefined) return OPEN;
  return Math.round(Math.min(Math.max(celsius, 0), HIGHEST_C) * STEPS_PER_C) << 3;
}
