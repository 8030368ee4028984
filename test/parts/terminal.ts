import { spawn } from "node:child_process";
import { once } from "node:events";
import { MAIN } from "./command.ts";
import { findProgram } from "./program.ts";

/** A `fieldline` command on a terminal of its own. */
export interface TerminalCommand {
  /** All that stands on the terminal. */
  readonly printed: () => string;
  /** Types on it. */
  readonly type: (text: string) => void;
  /** Resolves when the command has ended. */
  readonly ended: Promise<unknown>;
  /** Takes the terminal away. */
  readonly close: () => void;
}

/** Starts `fieldline` on a terminal, as a person has it; words with spaces are not for this. */
export function startOnTerminal(args: readonly string[], folder: string): TerminalCommand {
  const command = [process.execPath, MAIN, ...args].join(" ");
  // socat would lose what a program says right before its end.
  const terminal = spawn(findProgram("script"), ["--quiet", "--command", command, "/dev/null"], { cwd: folder });
  let printed = "";
  terminal.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  return {
    printed: () => printed,
    type: (text) => void terminal.stdin.write(text),
    ended: once(terminal, "close"),
    close: () => void terminal.kill(),
  };
}
