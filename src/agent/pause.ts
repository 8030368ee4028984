import type { Plan } from "../config/index.ts";
import { suggestion } from "../schema/index.ts";
import { type AnswerEnd, answeredBy, WrongRequest } from "./answered.ts";
import { ask } from "./ask.ts";
import { dataDirectory, makeDataDirectory } from "./data-directory.ts";
import { PausedOutputs } from "./paused-outputs.ts";
import { withoutAgent } from "./socket.ts";

/** Has an output deliver nothing until it is resumed, or again. */
export interface PauseRequest {
  readonly command: "journal";
  readonly action: "pause";
  readonly output: string;
  /** False resumes it. */
  readonly pause: boolean;
}

/** What came of it. */
export interface PausedLine {
  readonly paused: boolean;
  /** Whether it was so before. */
  readonly already: boolean;
  /** Whether an agent runs. */
  readonly running: boolean;
}

/** What pausing needs of a running agent. */
export interface PausingAgent {
  readonly outputs: readonly { readonly id: string; readonly paused: boolean }[];
  pause(output: string): Promise<boolean>;
  resume(output: string): Promise<boolean>;
}

/** Pauses or resumes an output of a running agent. @throws WrongRequest when it has no such output */
export async function pauseRunning({ output, pause }: PauseRequest, agent: PausingAgent): Promise<PausedLine> {
  const already = agent.outputs.find(({ id }) => id === output)?.paused === pause;
  const done = await (pause ? agent.pause(output) : agent.resume(output));
  if (!done) throw noSuchOutput(output, agent.outputs);
  return { paused: pause, already, running: true };
}

/** Has an output paused or resumed: by the running agent or, without one, for the next start. */
export function askPause(
  plan: Plan,
  output: string,
  pause: boolean,
  signal: AbortSignal,
): AsyncGenerator<PausedLine | AnswerEnd> {
  const request = { command: "journal", action: "pause", output, pause } as const;
  return ask<PausedLine>(plan.agent.dataDir, request, () => answeredBy(() => pauseStored(plan, output, pause)), signal);
}

async function pauseStored({ agent, outputs }: Plan, output: string, pause: boolean): Promise<PausedLine> {
  if (!outputs.some(({ id }) => id === output)) throw noSuchOutput(output, outputs);
  const directory = dataDirectory(agent.dataDir);
  await makeDataDirectory(directory);
  return withoutAgent(directory.socket, async () => {
    const paused = await PausedOutputs.open(directory.paused);
    const already = paused.has(output) === pause;
    if (!already) await paused.set(output, pause);
    return { paused: pause, already, running: false };
  });
}

function noSuchOutput(output: string, outputs: readonly { readonly id: string }[]): WrongRequest {
  const names = outputs.map(({ id }) => id);
  return new WrongRequest(`there is no output ${output}${suggestion(output, names)}`);
}
