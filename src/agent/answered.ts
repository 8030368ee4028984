/** What every answer may have beside its own lines: what went wrong (`wrong`: the request was), and `done`, the last. */
export type AnswerEnd = { readonly problem: string; readonly wrong: boolean } | { readonly done: true };

/** What is asked for cannot be, because of the request itself. */
export class WrongRequest extends Error {
  override readonly name = "WrongRequest";
}

/** An answer to its end: an error becomes a `problem`, and the last line is `done`. */
export async function* answered<Line extends object>(lines: AsyncIterable<Line>): AsyncGenerator<Line | AnswerEnd> {
  try {
    yield* lines;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    yield { problem, wrong: error instanceof WrongRequest };
  }
  yield { done: true };
}

/** Work of which one line comes, as an answer. */
export function answeredBy<Line extends object>(work: () => Promise<Line>): AsyncGenerator<Line | AnswerEnd> {
  return answered(
    (async function* () {
      yield await work();
    })(),
  );
}

/** The lines of an answer alone. @throws WrongRequest or Error for its first problem */
export async function* linesOfAnswer<Line extends object>(
  answer: AsyncIterable<Line | AnswerEnd>,
): AsyncGenerator<Line> {
  for await (const line of answer) {
    if ("problem" in line) throw line.wrong ? new WrongRequest(line.problem) : new Error(line.problem);
    if (!("done" in line)) yield line;
  }
}
