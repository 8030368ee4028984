import { StoredJournal } from "../journal/index.ts";
import type { AnswerEnd } from "./answered.ts";
import { ask } from "./ask.ts";
import { changeFiles } from "./change-files.ts";
import { dataDirectory } from "./data-directory.ts";
import { KeptRejects } from "./kept-rejects.ts";
import { answerRejects, type RejectsLine, type RejectsRequest } from "./rejects.ts";

/**
 * Asks the agent that runs on a data directory; without one, looks at its files.
 * @throws Error when the agent cannot be reached
 */
export function askRejects(
  dataDir: string,
  request: RejectsRequest,
  signal: AbortSignal,
): AsyncGenerator<RejectsLine | AnswerEnd> {
  return ask(dataDir, request, () => answerFromFiles(dataDir, request, signal), signal);
}

async function* answerFromFiles(
  dataDir: string,
  request: RejectsRequest,
  signal: AbortSignal,
): AsyncGenerator<RejectsLine | AnswerEnd> {
  const directory = dataDirectory(dataDir);
  if (request.action === "retry") {
    const problem = `no agent runs on ${dataDir}: start one with fieldline run, it delivers what is retried`;
    yield { problem, wrong: true };
    return;
  }
  const kept = await KeptRejects.open(directory);
  const answer = async function* () {
    const journal = await StoredJournal.open(directory.journal);
    yield* answerRejects(request, { kept, journal, outputs: [] }, signal);
  };
  if (request.action !== "drop" || (await kept.outputs()).length === 0) {
    yield* answer();
    return;
  }
  yield* await changeFiles(directory, async () => {
    const lines: (RejectsLine | AnswerEnd)[] = [];
    for await (const line of answer()) lines.push(line);
    return lines;
  });
}
