/** The floor of `latency`: opens a serial port and writes back what it reads. */
import { SerialPort } from "serialport";
import { serve, settingsOf } from "./control.ts";

export interface SerialEchoSettings {
  /** The device. */
  readonly path: string;
}

const { path } = settingsOf() as SerialEchoSettings;
const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))));
port.on("data", (chunk: Buffer) => void port.write(chunk));
await serve({}, () => undefined);
