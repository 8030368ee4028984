import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { checksumText } from "./board-host.ts";

/** What a scripted board's banner says; a test may change it. */
export interface ScriptedBanner {
  board: string;
  id: string;
  config: string;
  epoch: number;
  next: number;
  held: number;
  channels: number;
  clock: number;
}

/** A board behind a network bridge that says what a test has it say, and answers commands. */
export interface ScriptedBoard {
  /** For `port`. */
  readonly url: string;
  readonly banner: ScriptedBanner;
  /** The commands that have come, without their checksums. */
  readonly commands: string[];
  /** What it says to a command, in place of `ok` or the banner; undefined for that, "" for nothing. */
  answer: (words: string) => string | undefined;
  /** How often somebody has connected. */
  readonly connections: () => number;
  /** A line with `#!` or `#?`, which gets its checksum. */
  readonly say: (line: string) => void;
  readonly sayBanner: () => void;
  /** A group: a line and its closing line, such as `#~7 1000`. */
  readonly group: (line: string, closing: string) => void;
  readonly send: (text: string) => void;
  readonly remove: () => Promise<void>;
}

/** Listens on loopback. It is a Uno without a configuration, and says nothing by itself. */
export async function startScriptedBoard(banner: Partial<ScriptedBanner> = {}): Promise<ScriptedBoard> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    createInterface({ input: socket }).on("line", (line) => {
      if (line.startsWith("!")) obey(line.slice(1, line.lastIndexOf("*")));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the loopback address gave no port");
  const send = (text: string) => {
    for (const socket of sockets) socket.write(text);
  };
  const say = (line: string) => send(`${line} ${checksumText(line)}\n`);
  const board: ScriptedBoard = {
    url: `tcp://127.0.0.1:${address.port}`,
    banner: {
      board: "atmega328p",
      id: "5EED1234",
      config: "00000000",
      epoch: 1,
      next: 0,
      held: 0,
      channels: 12,
      clock: 0,
      ...banner,
    },
    commands: [],
    answer: () => undefined,
    connections: () => connections,
    say,
    sayBanner: () => {
      const pairs = Object.entries(board.banner).map(([key, value]) => `${key}=${value}`);
      say(`#!fieldline 1 fw=0.1.0 ${pairs.join(" ")}`);
    },
    group: (line, closing) => say(`${line}\n${closing}`),
    send,
    remove: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  const obey = (words: string) => {
    const [name, hash = ""] = words.split(" ");
    board.commands.push(words);
    if (name === "keep") board.banner.config = hash;
    const answer = board.answer(words);
    if (answer !== undefined && answer !== "") say(answer);
    else if (answer === undefined && name === "info") board.sayBanner();
    else if (answer === undefined) say(`#!ok ${name}`);
  };
  return board;
}
