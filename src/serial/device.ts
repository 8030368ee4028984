import type { SerialPort } from "serialport";
import { avrdudeAt } from "./avrdude.ts";
import type { Connection } from "./connection.ts";
import { watchDevice } from "./device-watch.ts";
import { openError } from "./open-error.ts";
import type { LineSettings } from "./line-settings.ts";

/** Reads come late on Node 26 and later unless the event loop turns (node-serialport issue 3148). */
const TURN_MS = 10;
const TURNS_ARE_NEEDED = Number.parseInt(process.versions.node, 10) >= 26;

/**
 * Opens a serial device for this program alone.
 * @param watchMs how often to look whether the device is still there
 * @throws Error that says what is wrong and what to do
 */
export async function openDevice(path: string, line: LineSettings, watchMs: number): Promise<Connection> {
  const avrdude = await avrdudeAt(path);
  if (avrdude !== undefined)
    throw new Error(
      `${path} is left alone while avrdude, process ${avrdude}, writes a program to the board: wait until it ends, ` +
        `or end it (kill ${avrdude})`,
    );
  const { SerialPort } = await import("serialport");
  const port = new SerialPort({
    path,
    baudRate: line.baud,
    parity: line.parity ?? "none",
    dataBits: line.dataBits ?? 8,
    stopBits: line.stopBits ?? 1,
    rtscts: line.flow === "rtscts",
    xon: line.flow === "xonxoff",
    xoff: line.flow === "xonxoff",
    autoOpen: false,
  });
  const lost = Promise.withResolvers<Error>();
  // One unplugging can bring an error and two closes, or neither; the watch then tells.
  port.on("error", (error) => lost.resolve(new Error(`${path} failed: ${error.message}`)));
  port.on("close", () => lost.resolve(new Error(`${path} is gone: unplugged or switched off`)));
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(openError(path, line, error))));
  });
  const unwatch = watchDevice(port, path, watchMs, lost.resolve);
  const turns = TURNS_ARE_NEEDED ? setInterval(() => {}, TURN_MS) : undefined;
  const close = async () => {
    unwatch();
    clearInterval(turns);
    await closePort(port);
  };
  const setLines = async (on: boolean) =>
    new Promise<boolean>((resolve) => {
      port.set({ dtr: on, rts: on }, (error) => resolve(error === null || error === undefined));
    });
  return { name: path, stream: port, lost: lost.promise, setLines, close };
}

async function closePort(port: SerialPort): Promise<void> {
  await new Promise<void>((resolve) => {
    if (port.isOpen) port.close(() => resolve());
    else if (port.closing) port.once("close", () => resolve());
    else resolve();
  });
}
