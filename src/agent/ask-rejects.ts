import { StoredJournal } from "../journal/index.ts";
import { dataDirectory, outputsWithRejects } from "./data-directory.ts";
import { answerRejects, type RejectsLine, type RejectsRequest } from "./rejects.ts";
import { agentLines, withoutAgent } from "./socket.ts";

/**
 * Asks the agent that runs on a data directory; without one, looks at its files.
 * @throws Error when the agent or the files cannot be reached
 */
export async function* askRejects(
  dataDir: string,
  request: RejectsRequest,
  signal: AbortSignal,
): AsyncGenerator<RejectsLine> {
  const { socket } = dataDirectory(dataDir);
  let heard = false;
  for await (const line of agentLines(socket, request, signal)) {
    // The first line says who answers.
    if (heard) yield line as RejectsLine;
    heard = true;
    if ("done" in line) return;
  }
  if (signal.aborted) return;
  if (heard) {
    const problem = "the agent stopped before it had answered, or is an older one: see its log, and try again";
    yield { problem, wrong: false };
  } else yield* answerFromFiles(dataDir, request, signal);
}

async function* answerFromFiles(
  dataDir: string,
  request: RejectsRequest,
  signal: AbortSignal,
): AsyncGenerator<RejectsLine> {
  const directory = dataDirectory(dataDir);
  if (request.action === "retry") {
    const problem = `no agent runs on ${dataDir}: start one with fieldline run, it delivers what is retried`;
    yield { problem, wrong: true };
    return;
  }
  const answer = async function* () {
    const journal = await StoredJournal.open(directory.journal);
    yield* answerRejects(request, { directory, journal, outputs: [] }, signal);
  };
  if (request.action !== "drop" || (await outputsWithRejects(directory)).length === 0) {
    yield* answer();
    return;
  }
  const lines: RejectsLine[] = [];
  await withoutAgent(directory.socket, async () => {
    for await (const line of answer()) lines.push(line);
  });
  yield* lines;
}
