import { SerialPort } from "serialport";
import { until } from "./program.ts";

/** A host that has a board's port open. */
export interface BoardHost {
  readonly port: SerialPort;
  /** All that the board has sent, a character a byte. */
  readonly text: () => string;
  /** Forgets what the board has sent. */
  readonly clear: () => void;
  readonly send: (bytes: string | Uint8Array) => Promise<void>;
  /** Sends the sketch a command without its checksum, and waits for its answer, which must not be an error. */
  readonly command: (words: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Opens a port, which resets a board. @throws Error when it cannot be opened */
export async function openBoard(path: string, baudRate = 115_200): Promise<BoardHost> {
  const port = new SerialPort({ path, baudRate, autoOpen: false });
  let text = "";
  port.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  port.on("error", () => {}); // also for an unplugged board, besides the close
  await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))));
  const send = async (bytes: string | Uint8Array) => {
    port.write(bytes);
    await new Promise<void>((resolve) => port.drain(() => resolve()));
  };
  return {
    port,
    send,
    text: () => text,
    clear: () => {
      text = "";
    },
    command: async (words) => {
      const from = text.length;
      // A banner may come unasked.
      const form = words === "info" ? /#!(fieldline .*) [@-O]{4}\n/u : /#!((?:ok|error|kinds) .*) [@-O]{4}\n/u;
      const answer = () => form.exec(text.slice(from))?.[1];
      await send(commandLine(words));
      await until(`the answer to ${words}`, () => answer() !== undefined);
      const said = answer() ?? "";
      if (said.startsWith("error")) throw new Error(`to ${words} the board says ${said}`);
      return said;
    },
    close: async () => {
      if (port.isOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
    },
  };
}

/** A command of these words as it goes over the wire. */
export function commandLine(words: string): string {
  return `!${words}*${checksumText(`!${words}`)}\n`;
}

/** The four characters of firmware/PROTOCOL.md, bit by bit as its polynomial has it. */
export function checksumText(text: string): string {
  let crc = 0xff_ff;
  for (const byte of Buffer.from(text, "latin1")) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0x84_08;
  }
  return [12, 8, 4, 0].map((shift) => String.fromCodePoint(0x40 | ((~crc >> shift) & 0x0f))).join("");
}
