/** What is around the chip and outlives its resets: what drives its pins, and who watches them. */
export interface Outside {
  /** At each analog input, A0 first. */
  readonly millivolts: number[];
  /** By the pin's number; undefined where nothing is connected, and a pull-up decides. */
  readonly levels: (boolean | undefined)[];
  /** Told whenever the chip changes what it drives. */
  readonly watchers: Set<() => void>;
}

/** An Uno's pins 0 to 13, and A0 to A5 as 14 to 19. */
export const PINS = 20;
const ANALOG_INPUTS = 6;
export const FIRST_ANALOG = 14;

export function nothingConnected(): Outside {
  return {
    millivolts: Array.from({ length: ANALOG_INPUTS }, () => 0),
    levels: Array.from({ length: PINS }, () => undefined),
    watchers: new Set(),
  };
}
