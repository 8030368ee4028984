import type { Plan } from "../config/index.ts";
import type { Agent } from "./agent.ts";
import type { Core } from "./core.ts";
import { answerJournal } from "./journal.ts";
import { answerRejects } from "./rejects.ts";
import type { Answer } from "./socket.ts";
import { tapJournal } from "./tap.ts";

/** What commands may ask for, once it is open. */
export interface Open {
  readonly agent: Agent;
  readonly core: Pick<Core, "directory" | "journal" | "cursors" | "paused" | "kept">;
}

/** What an agent says to commands. @param first its plan as long as it is not ready */
export function answerOf(first: Plan, ready: Promise<Open>): Answer {
  let plan = () => first;
  void ready.then(({ agent }) => (plan = () => agent.plan));
  return async (request, send, signal) => {
    const { agent, inputs } = plan();
    await send({ name: agent.name, pid: process.pid, inputs: inputs.map(({ id }) => id) });
    if (request.command === "hello") return;
    const open = await ready;
    const place = { ...open.core, agent: open.agent, outputs: open.agent.outputs };
    if (request.command === "tap") await tapJournal(place.journal, send, signal);
    if (request.command === "rejects") for await (const line of answerRejects(request, place, signal)) await send(line);
    if (request.command === "journal") for await (const line of answerJournal(request, place, signal)) await send(line);
  };
}
