import { suggestion } from "../schema/index.ts";
import { WrongRequest } from "./answered.ts";

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

/** The error for an output that is not among these. */
export function noSuchOutput(output: string, outputs: readonly { readonly id: string }[]): WrongRequest {
  const names = outputs.map(({ id }) => id);
  return new WrongRequest(`there is no output ${output}${suggestion(output, names)}`);
}
