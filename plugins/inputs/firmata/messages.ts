import type { ClassName, Sample, Wire } from "./classes.ts";

/** A sensor as the thread of the board is told of it. */
export interface SensorPlan {
  readonly name: string;
  readonly class: ClassName;
  readonly wire: Wire;
  /** So often johnny-five gives a value, and the value of every so many turns is said. */
  readonly turnMs: number;
  readonly turns: number;
  readonly field: string;
  /** What johnny-five's class is given beside its pin and its interval. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly pin: string | undefined;
}

export interface BoardPlan {
  readonly sensors: readonly SensorPlan[];
  readonly times: BoardTimes;
}

/** How long a board may take, in milliseconds. */
export interface BoardTimes {
  /** From opening to its being ready. A boot loader takes up to 2 s, and StandardFirmata blinks its version first. */
  readonly ready: number;
  /** Until it is asked for its version, when it does not say it by itself. */
  readonly ask: number;
  /** Without a byte, or without a word of a pin that is reported all the time. */
  readonly silence: number;
}

/** What the thread of a board says. */
export type BoardMessage =
  /** Bytes for the board. */
  | { readonly type: "write"; readonly bytes: Uint8Array }
  /** So many bytes of the board have been read. */
  | { readonly type: "taken"; readonly bytes: number }
  /** The board is there, with this firmware, and its sensors are set up. */
  | { readonly type: "ready"; readonly firmware: string }
  /** What the sensor of this index says. */
  | { readonly type: "sample"; readonly sensor: number; readonly sample: Sample }
  /** A sensor has no value though its board answers. */
  | { readonly type: "quiet"; readonly sensor: number }
  /** The board has to be opened anew, and why. */
  | { readonly type: "lost"; readonly reason: string };
