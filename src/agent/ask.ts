import type { AnswerEnd } from "./answered.ts";
import { dataDirectory } from "./data-directory.ts";
import { agentLines, type Request } from "./socket.ts";

/**
 * Asks the agent that runs on a data directory; without one, `fromFiles` answers.
 * @throws Error when there is an agent that cannot be reached
 */
export async function* ask<Line extends object>(
  dataDir: string,
  request: Request,
  fromFiles: () => AsyncIterable<Line | AnswerEnd>,
  signal: AbortSignal,
): AsyncGenerator<Line | AnswerEnd> {
  const { socket } = dataDirectory(dataDir);
  let heard = false;
  for await (const line of agentLines(socket, request, signal)) {
    // The first line says who answers.
    if (heard) yield line as Line | AnswerEnd;
    heard = true;
    if ("done" in line) return;
  }
  if (signal.aborted) return;
  if (heard) {
    const problem = "the agent stopped before it had answered, or is an older one: see its log, and try again";
    yield { problem, wrong: false };
  } else yield* fromFiles();
}
