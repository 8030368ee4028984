import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { RequestError } from "./request-error.ts";

/**
 * Asks on the terminal; only a plain yes is one.
 * @param otherwise what to do where there is no terminal, for the error
 * @throws RequestError without a terminal, and for anything but yes; the signal's reason
 */
export async function askForYes(question: string, otherwise: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new RequestError(otherwise);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // A terminal that is read takes Ctrl-C for itself.
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const closed = once(terminal, "close").then(() => "");
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), closed]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new RequestError("nothing has been written");
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    terminal.close();
  }
}
