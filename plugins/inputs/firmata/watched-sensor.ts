import type { Component } from "johnny-five";
import { classOf, type Sample, type SensorClass } from "./classes.ts";
import type { SensorPlan } from "./messages.ts";
import { sampleOf } from "./samples.ts";

/** Turns without a value after which a sensor is called quiet. */
const QUIET_TURNS = 5;

/** What hears of a sensor. */
export interface Listener {
  readonly sample: (sample: Sample) => void;
  /** A chip that was quiet answers again: without power it has lost its settings, and what it says next may mean nothing. */
  readonly back: () => void;
}

/** One sensor: what the board reports on it, and what is said of it. What the board did not report is never said. */
export class WatchedSensor {
  readonly plan: SensorPlan;
  /** What the messages begin with that report on it. */
  readonly head: readonly number[];
  readonly #class: SensorClass;
  readonly #component: Component;
  readonly #listener: Listener;
  #turns = 0;
  /** It was ever reported on, and since the last turn. */
  #reported = false;
  #fresh = false;
  #said: boolean | number | undefined;
  /** Looks since the last report, and since the last value. */
  #unreported = 0;
  #unvalued = 0;
  #quiet = false;

  constructor(plan: SensorPlan, head: readonly number[], component: Component, listener: Listener) {
    this.plan = plan;
    this.head = head;
    this.#class = classOf(plan.class);
    this.#component = component;
    this.#listener = listener;
    component.on("error", () => {}); // told as a sensor that is quiet
    const { changes } = this.#class;
    if (changes === undefined) component.on("data", (brought: unknown) => this.#turn(brought));
    else {
      for (const change of changes) component.on(change, () => this.#sayChange());
      setInterval(() => this.#turn(undefined), plan.turnMs);
    }
  }

  /** Whether it was ever reported on. */
  get isReported(): boolean {
    return this.#reported;
  }

  /** For how many looks it has not been reported on. */
  get unreportedLooks(): number {
    return this.#unreported;
  }

  /** Takes note of a message of the board, before johnny-five is told of it. */
  note(message: readonly number[]): void {
    if (!this.head.every((byte, index) => message[index] === byte)) return;
    this.#reported = true;
    this.#fresh = true;
    this.#unreported = 0;
  }

  /**
   * Counts a look at the board.
   * @param everyMs time from look to look
   * @param most so many looks without a value no sensor is called quiet for
   * @returns whether it has become quiet
   */
  look(everyMs: number, most: number): boolean {
    this.#unreported++;
    this.#unvalued++;
    const became = !this.#quiet && this.#unvalued > Math.max(most, (QUIET_TURNS * this.plan.turnMs) / everyMs);
    this.#quiet ||= became;
    return became;
  }

  #turn(brought: unknown): void {
    // A pin that is reported on change alone has what it had; of all others a value that nobody reported is an old one.
    const sample = (this.plan.wire === "digital" ? this.#reported : this.#fresh) ? this.#sample(brought) : undefined;
    this.#fresh = false;
    this.#turns = (this.#turns + 1) % this.plan.turns;
    if (sample === undefined) return;
    this.#unvalued = 0;
    if (this.#quiet && this.plan.wire === "i2c") this.#listener.back();
    this.#quiet = false;
    if (this.#turns === 0) this.#say(sample);
  }

  /** johnny-five's Switch says a change whenever another pin of its port has one. */
  #sayChange(): void {
    const sample = this.#sample(undefined);
    if (sample !== undefined && sample[this.plan.field] !== this.#said) this.#say(sample);
  }

  #sample(brought: unknown): Sample | undefined {
    return sampleOf(this.plan, this.#component, brought);
  }

  #say(sample: Sample): void {
    this.#said = sample[this.plan.field];
    this.#listener.sample(sample);
  }
}
