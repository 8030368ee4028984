import type { LineSettings } from "./line-settings.ts";

type Advice = (path: string, line: LineSettings) => string;

/** What the driver says, and what that means. The driver gives sentences, no codes. */
const MEANINGS: readonly (readonly [RegExp, Advice])[] = [
  [/no such file|file not found/i, (path) => `${path} is not there: is the device plugged in, under this name?`],
  [
    /permission denied|access denied/i,
    (path) =>
      process.platform === "win32"
        ? `${path} cannot be opened: another program has it open`
        : `${path} may not be opened by this user: add the user to the device's group ` +
          '(often "dialout": sudo usermod -aG dialout USER) and log in again',
  ],
  [
    /cannot lock port|resource busy/i,
    (path) => `${path} is open in another program: close that; "fuser -v ${path}" names it`,
  ],
  [
    /invalid parity/i,
    (path, { parity }) => `${path} cannot be opened with parity ${parity}: this system has none, even and odd`,
  ],
  [/inappropriate ioctl|not a tty|is a directory/i, (path) => `${path} is not a serial device`],
  [
    /baud/i,
    (path, { baud }) => `${path} cannot be opened at ${baud} baud: the device or its driver does not offer this rate`,
  ],
];

/** The driver's error in opening a port, as a sentence that says what to do. */
export function openError(path: string, line: LineSettings, error: Error): Error {
  const meaning = MEANINGS.find(([pattern]) => pattern.test(error.message))?.[1];
  const message = meaning?.(path, line) ?? `${path} cannot be opened: ${error.message.replace(/^Error:? /, "")}`;
  return new Error(message, { cause: error });
}
