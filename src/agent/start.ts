import type { Plan } from "../config/index.ts";
import type { FileLayer } from "../journal/index.ts";
import type { Log } from "../plugin/index.ts";
import { Agent } from "./agent.ts";
import { answerOf, type Open } from "./answer.ts";
import { Closing } from "./closing.ts";
import { openCore } from "./core.ts";
import { dataDirectory, makeDataDirectory } from "./data-directory.ts";
import { listen } from "./socket.ts";

/**
 * Opens all that a plan names and runs it.
 * @param files what the journal and the cursors are written with; left out: the system's
 * @throws Error when the data directory cannot be used or another agent uses it; then nothing stays open
 */
export async function startAgent(plan: Plan, log: Log, files?: FileLayer): Promise<Agent> {
  const closing = new Closing();
  try {
    const directory = dataDirectory(plan.agent.dataDir);
    await makeDataDirectory(directory);
    const ready = Promise.withResolvers<Open>();
    const socket = await listen(directory.socket, answerOf(plan, ready.promise));
    closing.add(() => socket.close());
    const core = await openCore(plan, directory, log, closing, files);
    const agent = new Agent(core, plan);
    await agent.begin();
    ready.resolve({ agent, core });
    return agent;
  } catch (error) {
    await closing.close().catch(() => undefined);
    throw error;
  }
}
