import { FlashError } from "./flash-error.ts";

/** Chips by their signature, from their data sheets' chapters "Signature Bytes". */
const NAMES: Readonly<Record<number, string>> = {
  0x1e_93_07: "ATmega8",
  0x1e_94_06: "ATmega168",
  0x1e_94_0b: "ATmega168P",
  0x1e_95_0f: "ATmega328P",
  0x1e_95_14: "ATmega328",
  0x1e_95_16: "ATmega328PB",
  0x1e_95_87: "ATmega32U4",
  0x1e_97_03: "ATmega1280",
  0x1e_98_01: "ATmega2560",
};
/** Those that an Uno or Nano may have. */
const FITTING = new Set([0x1e_95_0f, 0x1e_95_14]);

/** Refuses a chip that what is to be written is not for. @throws FlashError that names the chip */
export function checkSignature(signature: number): void {
  if (FITTING.has(signature)) return;
  const name = NAMES[signature] ?? "unknown";
  const digits = signature.toString(16).toUpperCase().padStart(6, "0");
  throw new FlashError(
    `the board's chip is ${name} (signature ${digits}), and this is for an ATmega328P: nothing has been written; ` +
      "is it another board than an Uno or Nano? Then say which with --board",
  );
}
