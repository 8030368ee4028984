import type { Plan, PlannedOutput } from "../config/index.ts";
import type { Journal } from "../journal/index.ts";
import type { Chain, RejectStore, SavedProgress } from "../pipeline/index.ts";
import type { Output } from "../plugin/index.ts";
import { outputMetrics } from "./agent-metrics.ts";
import { chainOf } from "./chain.ts";
import type { Core } from "./core.ts";
import { create } from "./create.ts";
import { type OutputLimits, outputLimits } from "./output-limits.ts";
import type { RetiredInput } from "./retired-inputs.ts";

/** An output of a plan that is made and has done nothing yet. */
export interface CreatedOutput {
  readonly planned: PlannedOutput;
  readonly output: Output;
  readonly rejects: RejectStore;
  /** A chain that remembers nothing. */
  readonly makeChain: () => Chain;
  readonly limits: OutputLimits;
  /** Where an output that has no cursor yet begins; undefined for one that has. */
  readonly start: number | undefined;
}

/**
 * Creates an output: its plugin, and its chain for a first time.
 * @throws Error that names what cannot be created
 */
export async function createOutput(
  plan: Plan,
  planned: PlannedOutput,
  retired: readonly RetiredInput[],
  core: Core,
): Promise<CreatedOutput> {
  const { id, plugin, settings } = planned;
  const { kept, metrics, log } = core;
  const { unknownWhen } = outputMetrics(metrics, id);
  const makeChain = () => chainOf(plan, planned, (by) => unknownWhen.add(by), retired);
  makeChain();
  const start = await startOf(planned, core);
  const rejects = await kept.storeOf(id);
  const limits = outputLimits(planned, core);
  const { meter } = limits;
  const context = { id, log, sent: (bytes: number) => meter.sent(bytes) };
  const output = create(`output ${id}`, () => plugin.create(settings as never, context), ["encode", "write"]);
  return { planned, output: meter.of(output), rejects, makeChain, limits, start };
}

async function startOf({ id, start }: PlannedOutput, { cursors, journal }: Core): Promise<number | undefined> {
  if (cursors.load(id) !== undefined) return undefined;
  const damaged = cursors.damage.some(({ output }) => output === id);
  return damaged ? journal.begin : offsetOf(start, journal);
}

async function offsetOf(start: PlannedOutput["start"], journal: Journal): Promise<number> {
  if (start === "end") return journal.end;
  return start === "beginning" ? journal.begin : journal.offsetAt(start);
}

/** Has the cursor of a new output on disk. @throws Error when it cannot be written */
export async function placeCursor({ planned, start }: CreatedOutput, { cursors }: Core): Promise<void> {
  if (start !== undefined) await cursors.save(planned.id, { offset: start });
}

/** Where an output goes on that does not replace a running one. */
export function savedProgress(id: string, { cursors, journal }: Core): SavedProgress {
  return (cursors.load(id) as SavedProgress | undefined) ?? { offset: journal.end };
}
