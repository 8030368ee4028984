import { describeUsbPort, type ListedPort } from "../serial/index.ts";

/** Several ports, or none, may be meant. */
export class NoSinglePort extends Error {
  override readonly name = "NoSinglePort";
}

/**
 * The port of the only board that may be meant; of a device with several ports the first.
 * @throws NoSinglePort that lists them, and says what to do
 */
export function choosePort(ports: readonly ListedPort[]): string {
  const first = ports.filter(
    ({ path, usb }) => usb === undefined || ports.find((each) => each.usb?.device === usb.device)?.path === path,
  );
  const [only] = first;
  if (only === undefined)
    throw new NoSinglePort(
      "no board is plugged in: there is no USB serial port; plug it in with a cable that carries data, or name its port with --port",
    );
  if (first.length === 1) return only.path;
  const list = first.map((port) => `  ${describePort(port)}`).join("\n");
  throw new NoSinglePort(`${first.length} serial ports are there: name the board's with --port\n${list}`);
}

/** A port in a line: its path and, when that is known, which USB device it is. */
export function describePort({ path, usb }: ListedPort): string {
  return usb === undefined ? path : describeUsbPort(usb);
}
