import type { Plan } from "../config/index.ts";
import { type AnswerEnd, answeredBy } from "./answered.ts";
import { ask } from "./ask.ts";
import { changeFiles } from "./change-files.ts";
import { dataDirectory, makeDataDirectory } from "./data-directory.ts";
import { noSuchOutput, type PausedLine } from "./pause.ts";
import { PausedOutputs } from "./paused-outputs.ts";

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
  return changeFiles(directory, async () => {
    const paused = await PausedOutputs.open(directory.paused);
    const already = paused.has(output) === pause;
    if (!already) await paused.set(output, pause);
    return { paused: pause, already, running: false };
  });
}
