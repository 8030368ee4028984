import { stat } from "node:fs/promises";
import { WrongRequest } from "./answered.ts";
import type { DataDirectory } from "./data-directory.ts";
import { withoutAgent } from "./socket.ts";

/**
 * Changes files of a data directory while no agent can start on it.
 * @throws WrongRequest when an agent runs, or when it runs as another user: it could not read what this one writes
 */
export async function changeFiles<Result>(directory: DataDirectory, change: () => Promise<Result>): Promise<Result> {
  const user = process.geteuid?.();
  // The agent has made this folder itself.
  const owner = await stat(directory.cursors).catch(() => undefined);
  if (user !== undefined && owner !== undefined && owner.uid !== user) {
    throw new WrongRequest(
      `the agent of ${directory.root} runs as user ${owner.uid} and could not read what user ${user} writes there: run this as that user, such as with sudo -u '#${owner.uid}'`,
    );
  }
  return withoutAgent(directory.socket, change);
}
