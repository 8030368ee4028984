import type { Result, RunOptions } from "../harness/benchmark.ts";
import { compare, interleaveAll } from "../harness/interleave.ts";
import type { Collector, Work } from "./collector.ts";
import { doWork, type Done } from "./do-work.ts";

/** What each collector did, by its name, one a round. */
export type AllDone = Readonly<Record<string, readonly Done[]>>;

/** Has each collector do the same work, once a round. */
export function doInTurn(collectors: readonly Collector[], work: Work, options: RunOptions): Promise<AllDone> {
  const runs = collectors.map((each) => [each.name, () => doWork(each, work, options.signal)] as const);
  return interleaveAll(options, Object.fromEntries(runs));
}

/** The row that sets one figure of ours beside that of another collector. */
export function rowBeside(
  all: AllDone,
  other: Collector,
  figure: keyof Done,
  row: Pick<Result, "what" | "unit" | "target">,
): Result {
  const figures = ({ name }: Pick<Collector, "name">) => (all[name] ?? []).map((done) => done[figure]);
  const { ours, floor, ratio } = compare(figures({ name: "ours" }), figures(other));
  return { ...row, ours, floor: { what: other.name, value: floor }, ratio };
}
