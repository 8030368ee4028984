import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { findProgram, until } from "./program.ts";

/** A board at a serial port: a pseudo-terminal whose other end is in this process. */
export interface Pty {
  /** The device node: a link to the pseudo-terminal. */
  readonly path: string;
  /** Sends bytes as the board; resolves when they are on their way. */
  readonly write: (bytes: string | Uint8Array) => Promise<void>;
  /** All that the host has written to the board. */
  readonly received: () => Buffer;
  /** Unplugs the board: the device node is gone at once. May be called again. */
  readonly unplug: () => Promise<void>;
}

/**
 * Plugs a board in under a path that is free.
 * @param onReceived told what the host writes, as it comes
 * @throws Error with what socat printed when there is no pseudo-terminal
 */
export async function plugIn(path: string, onReceived: (chunk: Buffer) => void = () => {}): Promise<Pty> {
  const socat = spawn(findProgram("socat"), ["-d", "-d", `pty,raw,echo=0,link=${path}`, "stdio"]);
  const received: Buffer[] = [];
  let printed = "";
  socat.stderr.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  socat.stdout.on("data", (chunk: Buffer) => {
    received.push(chunk);
    onReceived(chunk);
  });
  socat.stdin.on("error", () => {}); // the board was unplugged while it was writing
  const exited = once(socat, "exit");
  const unplug = async () => {
    socat.kill("SIGKILL");
    await exited;
    await rm(path, { force: true });
  };
  await until("socat to make a pseudo-terminal", () => {
    if (socat.exitCode !== null) throw new Error(`socat ended with ${socat.exitCode}:\n${printed}`);
    return printed.includes("starting data transfer");
  });
  const write = async (bytes: string | Uint8Array) => {
    await new Promise<void>((resolve) => {
      socat.stdin.write(bytes, () => resolve());
    });
  };
  return { path, write, received: () => Buffer.concat(received), unplug };
}
