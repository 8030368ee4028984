/** The version of the firmware that comes with this agent; firmware/fieldline/src/Fieldline.h has the same. */
export const FIRMWARE_VERSION = "0.1.0";

/** Whether a board's firmware is older than the one that comes with this agent. */
export function isOlderFirmware(version: string): boolean {
  const [theirs, ours] = [version, FIRMWARE_VERSION].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10)),
  );
  const at = ours?.findIndex((part, index) => part !== theirs?.[index]) ?? -1;
  return at >= 0 && (theirs?.[at] ?? 0) < (ours?.[at] ?? 0);
}
