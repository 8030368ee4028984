import { ERASED } from "./intel-hex.ts";

/** What begins the banner of our sketch; constants stand at the beginning of the flash, behind the vectors. */
const BANNER = /#!fieldline \d+ fw=(\S+) board=(\S+) /;
/** How much of the flash to read to find it. */
export const TELLING_BYTES = 4096;

/** What a program is: ours, with its version and the chip it is for; somebody else's; or none. */
export type Program =
  | { readonly kind: "ours"; readonly firmware: string; readonly chip: string }
  | { readonly kind: "other" }
  | { readonly kind: "none" };

/** What the first bytes of a flash, or of a hex file, are. */
export function programOf(bytes: Uint8Array): Program {
  const [, firmware, chip] = BANNER.exec(Buffer.from(bytes).toString("latin1")) ?? [];
  if (firmware !== undefined && chip !== undefined) return { kind: "ours", firmware, chip };
  return { kind: bytes.every((byte) => byte === ERASED) ? "none" : "other" };
}
