import { once } from "node:events";
import { createServer, type Socket } from "node:net";

const SYSEX = 0xf0;
const END = 0xf7;
const VERSION = [0xf9, 2, 5];
const MODES = [
  [0x00, 1],
  [0x01, 1],
] as const;
const ANALOG_MODE = [0x02, 10] as const;
const I2C_MODE = [0x06, 1] as const;
/** 14 digital pins, and 6 analog ones behind them, of which the last two are I2C too, as an Uno has. */
const PINS = 20;
const FIRST_ANALOG = 14;
const FIRST_I2C = 18;

/** A board with Firmata behind a network bridge, whose every word a test chooses. */
export interface FirmataPeer {
  /** For `port`. */
  readonly url: string;
  /** How often somebody has connected. */
  readonly connections: () => number;
  /** Whether somebody is connected. */
  readonly isConnected: () => boolean;
  /** Analog channels and digital ports whose reports were asked for, such as "analog 0", I2C requests, and "version". */
  readonly asked: ReadonlySet<string>;
  /** Forgets what was asked so far. */
  readonly forget: () => void;
  readonly analog: (channel: number, value: number) => void;
  /** The eight pins from `8 * port` on, as bits. */
  readonly digital: (port: number, bits: number) => void;
  /** What it says of register 0 of a chip on I2C. */
  readonly i2c: (address: number, ...bytes: readonly number[]) => void;
  /** What StandardFirmata says of a chip that is not there: a complaint, and an answer of zeros. */
  readonly noI2c: (address: number) => void;
  readonly send: (bytes: readonly number[]) => void;
  /** Says what a board says when it has started. */
  readonly boot: () => void;
  /** What it does when it is asked something: "answer" is as StandardFirmata does. */
  behaviour: "answer" | "mute" | "version only";
  /** Ends the connection, as a bridge does when the board is pulled out. */
  readonly hangUp: () => void;
  readonly remove: () => Promise<void>;
}

/** Listens on loopback; says what a board says when it starts to everybody who connects, unless it is mute. */
export async function startFirmataPeer(behaviour: FirmataPeer["behaviour"] = "answer"): Promise<FirmataPeer> {
  const asked = new Set<string>();
  let socket: Socket | undefined;
  let connections = 0;
  const send = (bytes: readonly number[]) => void socket?.write(Uint8Array.from(bytes));
  const boot = () => send([...VERSION, ...firmware()]);
  const server = createServer((connected) => {
    connections += 1;
    socket = connected;
    asked.clear();
    const hear = listener((message) => {
      note(message, asked);
      if (peer.behaviour === "answer") answer(message, send);
      else if (peer.behaviour === "version only" && message[0] === 0xf9) send(VERSION);
    });
    connected.on("data", hear);
    connected.on("error", () => connected.destroy());
    connected.on("close", () => {
      if (socket === connected) socket = undefined;
    });
    if (peer.behaviour !== "mute") boot();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the loopback address gave no port");
  const peer: FirmataPeer = {
    url: `tcp://127.0.0.1:${address.port}`,
    connections: () => connections,
    isConnected: () => socket !== undefined,
    asked,
    forget: () => asked.clear(),
    analog: (channel, value) => send([0xe0 | channel, value & 0x7f, value >> 7]),
    digital: (port, bits) => send([0x90 | port, bits & 0x7f, bits >> 7]),
    i2c: (address, ...bytes) => send(i2cReply(address, bytes)),
    noI2c: (address) => send([...text("I2C: Too few bytes received"), ...i2cReply(address, [0, 0, 0, 0])]),
    send,
    boot,
    behaviour,
    hangUp: () => socket?.destroy(),
    remove: async () => {
      socket?.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return peer;
}

/** Cuts what a host sends into messages of Firmata. */
function listener(hear: (message: readonly number[]) => void): (chunk: Buffer) => void {
  let message: number[] = [];
  return (chunk) => {
    for (const byte of chunk) {
      message.push(byte);
      const [command = 0] = message;
      const ended = command === SYSEX ? byte === END : message.length === lengthOf(command);
      if (!ended) continue;
      hear(message);
      message = [];
    }
  };
}

function lengthOf(command: number): number {
  if (command === 0xf9 || command === 0xff) return 1;
  return command >= 0xc0 && command < 0xe0 ? 2 : 3;
}

function note([command = 0, second = 0, third = 0]: readonly number[], asked: Set<string>): void {
  if (command === 0xf9) asked.add("version");
  else if (command === SYSEX && second === 0x76) asked.add(`i2c ${third}`);
  else if (command >= 0xc0 && command < 0xd0) asked.add(`analog ${command & 0x0f}`);
  else if (command >= 0xd0 && command < 0xe0) asked.add(`digital ${command & 0x0f}`);
}

function answer([command = 0, second = 0]: readonly number[], send: (bytes: readonly number[]) => void): void {
  if (command === 0xf9) send(VERSION);
  else if (command === SYSEX && second === 0x79) send(firmware());
  else if (command === SYSEX && second === 0x6b) send(capabilities());
  else if (command === SYSEX && second === 0x69) send(analogMapping());
}

function firmware(): number[] {
  return [SYSEX, 0x79, 2, 5, ...pairs(Buffer.from("StandardFirmata.ino")), END];
}

function text(sentence: string): number[] {
  return [SYSEX, 0x71, ...pairs(Buffer.from(sentence)), END];
}

function i2cReply(address: number, bytes: readonly number[]): number[] {
  return [SYSEX, 0x77, ...pairs([address, 0, ...bytes]), END];
}

/** Bytes as Firmata sends them within a message: seven bits, and one. */
function pairs(bytes: Iterable<number>): number[] {
  return [...bytes].flatMap((byte) => [byte & 0x7f, byte >> 7]);
}

function capabilities(): number[] {
  const pins = Array.from({ length: PINS }, (_, pin) => [
    ...MODES.flat(),
    ...(pin < FIRST_ANALOG ? [] : ANALOG_MODE),
    ...(pin < FIRST_I2C ? [] : I2C_MODE),
    0x7f,
  ]);
  return [SYSEX, 0x6c, ...pins.flat(), END];
}

function analogMapping(): number[] {
  const channels = Array.from({ length: PINS }, (_, pin) => (pin < FIRST_ANALOG ? 0x7f : pin - FIRST_ANALOG));
  return [SYSEX, 0x6a, ...channels, END];
}
