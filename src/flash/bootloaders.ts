/** A bootloader that boards are sold with. */
export interface Bootloader {
  readonly name: string;
  readonly baud: number;
  /** How many bytes of flash it leaves to the sketch. */
  readonly room: number;
}

/** Of the Uno, and of Nanos since 2018. */
export const OPTIBOOT: Bootloader = { name: "Optiboot", baud: 115_200, room: 32_256 };
/** Of older Nanos. */
export const ATMEGABOOT: Bootloader = { name: "ATmegaBOOT", baud: 57_600, room: 30_720 };

/** In the order in which they are tried. */
export const BOOTLOADERS: readonly Bootloader[] = [OPTIBOOT, ATMEGABOOT];
