import { type Group, MEASURED, type Arrival, formatTimestamp, timestampFromMillis } from "fieldline/plugin";
import { ClockFit } from "./clock-fit.ts";
import { WallClock } from "./wall-clock.ts";

const BITS_PER_BYTE = 10;
/** As much as a number of milliseconds since 1970 can tell apart. */
const LEAST_STEP_MS = 0.001;
/** Further back than this no fit goes: the wall clock has been set. */
const MOST_BACK_MS = 1_000;
/** The board's clock wraps here; the longest pause between two readings is a day. */
const WRAP = 2 ** 32;
const DAY_MS = 86_400_000;

/** When the readings of a board were taken, by the wall clock. */
export class BoardClock {
  readonly #baud: number;
  readonly #wall = new WallClock();
  #fit = new ClockFit();
  /** The latest clock that the board has said since its reset. */
  #newest = 0;
  /** When the last new reading was taken, in milliseconds since 1970. */
  #taken = 0;

  /** @param clock what the board's clock is now */
  constructor(baud: number, clock: number) {
    this.#baud = baud;
    this.#newest = clock;
  }

  /** The board's clock has begun anew, and is this now. */
  begin(clock: number): void {
    this.#fit = new ClockFit();
    this.#newest = clock;
  }

  /** Whether the board has been reset since it said its clock: back it goes by that alone, or by its wrap. */
  goesBackTo(clock: number): boolean {
    return clock < this.#newest && this.#newest < WRAP - DAY_MS;
  }

  /**
   * What a reading's attributes say of its time: the board's clock, or a held reading's age, and when that was.
   * @param arrivedMs when the group's last byte was read, by `performance.now()`
   */
  attributesOf({ clock, age = 0, length }: Group, arrivedMs: number): NonNullable<Arrival["attributes"]> {
    const sentMs = arrivedMs - (length * BITS_PER_BYTE * 1_000) / this.#baud;
    const measured = (millis: number) => formatTimestamp(timestampFromMillis(millis));
    if (clock === undefined) return { age: String(age), [MEASURED]: measured(this.#wall.at(sentMs - age)) };
    this.#fit.add(clock, sentMs);
    this.#newest = clock;
    this.#taken = this.#after(this.#wall.at(this.#fit.at(clock)));
    return { clock: String(clock), [MEASURED]: measured(this.#taken) };
  }

  /** A later reading is never told to be an earlier one, though the fit may have moved meanwhile. */
  #after(taken: number): number {
    const back = this.#taken - taken;
    return back >= 0 && back < MOST_BACK_MS ? this.#taken + LEAST_STEP_MS : taken;
  }

  /** By how much the board's clock is fast, in parts per million. */
  get driftPpm(): number {
    return this.#fit.driftPpm;
  }

  /** How late nine of ten readings came at most beside the quickest ones, in milliseconds. */
  get jitterMs(): number {
    return this.#fit.jitterMs;
  }
}
