import type { Journal } from "../journal/index.ts";
import { type RejectEntry, rejectedReadings, type Retried } from "../pipeline/index.ts";
import { suggestion } from "../schema/index.ts";
import { type AnswerEnd, answered } from "./answered.ts";
import type { KeptRejects } from "./kept-rejects.ts";
import type { RunningOutput } from "./running-output.ts";
import { toLine } from "./tap.ts";

/** What a command asks of the rejects: of one entry, of one output's, or of all. */
export interface RejectsRequest {
  readonly command: "rejects";
  readonly action: "list" | "show" | "drop" | "retry";
  readonly output?: string | undefined;
  readonly id?: number | undefined;
}

export interface ListedReject extends RejectEntry {
  readonly output: string;
}

/** One line of the answer. */
export type RejectsLine =
  | { readonly entry: ListedReject }
  /** A reading as `fromLine` takes it. */
  | { readonly reading: object }
  | { readonly dropped: ListedReject }
  | { readonly retried: Retried; readonly entry: ListedReject };

/** Where the rejects are. */
export interface RejectsPlace {
  readonly kept: KeptRejects;
  readonly journal: Pick<Journal, "begin" | "read">;
  /** None without an agent. */
  readonly outputs: readonly Pick<RunningOutput, "id" | "paused" | "retries">[];
}

/** How many readings of an entry are shown. */
const MOST_SHOWN = 20;

/** Does what is asked, and says line by line what came of it. */
export function answerRejects(
  request: RejectsRequest,
  place: RejectsPlace,
  signal: AbortSignal,
): AsyncGenerator<RejectsLine | AnswerEnd> {
  return answered(linesOf(request, place, signal));
}

async function* linesOf(
  request: RejectsRequest,
  place: RejectsPlace,
  signal: AbortSignal,
): AsyncGenerator<RejectsLine | AnswerEnd> {
  const listed = await listRejects(request, place);
  if (request.id !== undefined && listed.length === 0) yield noSuchEntry(request, await place.kept.outputs());
  for (const entry of listed) {
    if (request.action === "list") yield { entry };
    if (request.action === "show") yield* show(entry, place, signal);
    if (request.action === "retry") yield await retry(entry, place, signal);
  }
  if (request.action === "drop") yield* drop(listed, place);
}

/** The entries that a request means, the newest last. */
async function listRejects({ output, id }: RejectsRequest, place: RejectsPlace): Promise<readonly ListedReject[]> {
  const kept = await place.kept.outputs();
  const listed: ListedReject[] = [];
  for (const one of kept.filter((each) => output === undefined || each === output)) {
    const { entries } = await place.kept.storeOf(one);
    for (const entry of entries) if (id === undefined || entry.id === id) listed.push({ output: one, ...entry });
  }
  return listed.toSorted((one, other) => one.at - other.at || one.id - other.id);
}

async function* show(
  entry: ListedReject,
  { kept, journal }: RejectsPlace,
  signal: AbortSignal,
): AsyncGenerator<RejectsLine> {
  yield { entry };
  let shown = 0;
  for await (const readings of rejectedReadings(kept.over(journal), entry, signal)) {
    for (const reading of readings.slice(0, MOST_SHOWN - shown)) yield { reading: toLine(reading) };
    shown += readings.length;
    if (shown >= MOST_SHOWN) return;
  }
}

async function* drop(listed: readonly ListedReject[], place: RejectsPlace): AsyncGenerator<RejectsLine> {
  for (const [output, entries] of Map.groupBy(listed, (entry) => entry.output)) {
    await (await place.kept.storeOf(output)).drop(entries.map(({ id }) => id));
    for (const dropped of entries) yield { dropped };
  }
}

async function retry(
  entry: ListedReject,
  { outputs }: RejectsPlace,
  signal: AbortSignal,
): Promise<RejectsLine | AnswerEnd> {
  const { output, id } = entry;
  const running = outputs.find((each) => each.id === output);
  if (running === undefined) {
    const problem = `the configuration has no output "${output}" any more: ${output}/${id} is kept; put the output back, or drop the entry`;
    return { problem, wrong: true };
  }
  if (running.paused) {
    const problem = `output ${output} is paused: ${output}/${id} is kept; resume it with fieldline journal cursors resume ${output}`;
    return { problem, wrong: true };
  }
  const retried = await running.retries.retry(id, signal);
  return retried === undefined ? noSuchEntry(entry, [output]) : { retried, entry };
}

/** @param known the outputs of which rejects were kept */
function noSuchEntry(
  { output = "", id = 0 }: Pick<RejectsRequest, "output" | "id">,
  known: readonly string[],
): AnswerEnd {
  const nearest = known.includes(output) ? "" : suggestion(output, known);
  return { problem: `there is no entry ${output}/${id}${nearest}; see fieldline rejects list`, wrong: true };
}
