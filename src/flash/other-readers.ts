import { portHolders } from "../serial/index.ts";

const MOST_COMMAND = 60;

/**
 * Who else has a port open, as `cat` and `screen` have without locking it, and takes what the board says: a sentence each, where
 * the system tells.
 */
export async function otherReaders(port: string): Promise<string[]> {
  return (await portHolders(port)).map(
    ({ pid, command }) => `process ${pid} has the port open too, and takes what the board says: ${shortened(command)}`,
  );
}

function shortened(command: string): string {
  return command.length > MOST_COMMAND ? `${command.slice(0, MOST_COMMAND)}...` : command;
}
