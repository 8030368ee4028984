/** A bootloader that boards are sold with. */
export interface Bootloader {
  readonly name: string;
  readonly baud: number;
  /** How many bytes of flash it leaves to the sketch. */
  readonly room: number;
  /** One that does not stops a board for good when the watchdog bites: it is reset again and again before it gets to the sketch. */
  readonly stopsWatchdog: boolean;
}

/** Of the Uno, and of Nanos since 2018. */
export const OPTIBOOT: Bootloader = { name: "Optiboot", baud: 115_200, room: 32_256, stopsWatchdog: true };
/** Of older Nanos. */
export const ATMEGABOOT: Bootloader = { name: "ATmegaBOOT", baud: 57_600, room: 30_720, stopsWatchdog: false };

/** In the order in which they are tried. */
export const BOOTLOADERS: readonly Bootloader[] = [OPTIBOOT, ATMEGABOOT];
