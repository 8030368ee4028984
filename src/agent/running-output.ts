import type { Plan, PlannedInput, PlannedOutput } from "../config/index.ts";
import type { CursorStore, Journal } from "../journal/index.ts";
import { type Health, type Metrics, Throttle } from "../observe/index.ts";
import { Outlet, type OutletOptions, RejectStore, Retries, type SavedProgress } from "../pipeline/index.ts";
import type { Log, WriteError } from "../plugin/index.ts";
import { type OutputMetrics, outputMetrics } from "./agent-metrics.ts";
import { chainOf } from "./chain.ts";
import { create } from "./create.ts";
import { type DataDirectory, rejectsFile } from "./data-directory.ts";

/** How long a sink may take to answer one write. */
const WRITE_TIMEOUT_MS = 30_000;
/** How long the sink may take for the points of a retry, of each block of the journal: somebody waits for it. */
const RETRY_PATIENCE_MS = 60_000;
/** A cursor is saved after so much of the journal, and often enough that a small journal is not full of what is delivered. */
const MOST_UNSAVED_BYTES = 8 * 2 ** 20;

export interface OutputSurroundings {
  readonly directory: DataDirectory;
  /** Inputs that the plan has no longer, whose readings may still be in the journal. */
  readonly retired: readonly PlannedInput[];
  readonly journal: Journal;
  readonly cursors: CursorStore;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
  /** An output needs nothing below the offset any more, also after a crash. */
  readonly onSaved: (output: string, needed: number) => void;
}

/** An output of a plan with its outlet. */
export interface RunningOutput {
  readonly id: string;
  readonly required: boolean;
  readonly outlet: Outlet;
  readonly counted: OutputMetrics;
  readonly rejects: RejectStore;
  readonly retries: Retries;
  /** Lets go of what the output holds. */
  readonly close: () => Promise<void>;
}

/** Creates one output of a plan, its cursor where it was left or where `start` says. */
export async function openOutput(
  plan: Plan,
  planned: PlannedOutput,
  around: OutputSurroundings,
): Promise<RunningOutput> {
  const { id, plugin, settings, batch, from, required } = planned;
  const { directory, retired, journal, cursors, metrics, log, onSaved } = around;
  const counted = outputMetrics(metrics, id);
  const rejects = await RejectStore.open(rejectsFile(directory, id));
  const makeChain = () => chainOf(plan, planned, (by) => counted.unknownWhen.add(by), retired);
  const saved = await savedProgress(planned, around);
  const output = create(`output ${id}`, () => plugin.create(settings as never, { id, log }), ["encode", "write"]);
  const wants = from === undefined ? () => true : (input: string) => from.includes(input);
  const reports = reportsOf(id, rejects, around);
  const outlet = new Outlet({
    journal,
    makeChain,
    output,
    wants,
    batch,
    writeTimeoutMs: WRITE_TIMEOUT_MS,
    saved,
    saveEveryBytes: Math.min(MOST_UNSAVED_BYTES, plan.journal.maxSize / 16),
    save: (progress) => cursors.save(id, progress),
    onSaved: (needed) => onSaved(id, needed),
    ...reports,
  });
  const retries = new Retries({
    journal,
    store: rejects,
    makeChain,
    output,
    wants,
    batch,
    writeTimeoutMs: WRITE_TIMEOUT_MS,
    patienceMs: RETRY_PATIENCE_MS,
    peers: () => outlet.peers,
    reject: reports.reject,
    onAttempt: reports.onAttempt,
    onDelivered: (points) => counted.delivered.add(points),
  });
  metrics.gauge(
    "fieldline_output_lag_readings",
    "Entries of the journal not yet delivered.",
    () => journal.end - outlet.cursor,
    {
      output: id,
    },
  );
  const close = async () => {
    await retries.close();
    await output.close?.();
  };
  return { id, required, outlet, counted, rejects, retries, close };
}

async function savedProgress(
  { id, start }: PlannedOutput,
  { cursors, journal }: OutputSurroundings,
): Promise<SavedProgress> {
  const known = cursors.load(id);
  if (known !== undefined) return known as SavedProgress;
  const damaged = cursors.damage.some(({ output }) => output === id);
  const offset = damaged ? journal.begin : await offsetOf(start, journal);
  await cursors.save(id, { offset });
  return { offset };
}

async function offsetOf(start: PlannedOutput["start"], journal: Journal): Promise<number> {
  if (start === "end") return journal.end;
  return start === "beginning" ? journal.begin : journal.offsetAt(start);
}

type Reports = Pick<
  OutletOptions,
  "reject" | "onDecoded" | "onDelivered" | "onAttempt" | "onTaken" | "onTrouble" | "onFailure"
>;

function reportsOf(id: string, rejects: RejectStore, { metrics, health, log }: OutputSurroundings): Reports {
  const counted = outputMetrics(metrics, id);
  const part = `output ${id}`;
  const trouble = new Throttle();
  const rejected = new Throttle();
  const crowded = new Throttle();
  health.set(part, "starting");
  return {
    async reject(found) {
      const { evicted } = rejects;
      await rejects.add(found);
      if (rejects.evicted > evicted) {
        counted.evicted.add(rejects.evicted - evicted);
        crowded.pass(() => log.warn({ output: id, kept: rejects.entries.length }, CROWDED));
      }
      for (const { step, input, channel, offset, reason } of found) {
        counted.rejected.add();
        counted.rejectedAt(step).add();
        rejected.pass((since) => log.warn({ output: id, step, input, channel, offset, since }, `rejected: ${reason}`));
      }
    },
    onDecoded: (_readings, points) => counted.points.add(points),
    onDelivered: (items, refusals) => counted.delivered.add(items.length - refusals.length),
    onAttempt: ({ kind }) => counted.failedWrites(kind).add(),
    onTaken() {
      if (health.set(part, "ok")) log.info({ output: id }, "delivering");
      trouble.reset();
    },
    onTrouble: (error, points) => reportTrouble(id, error, points, { health, log, trouble }),
    onFailure(what, error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `its ${what} cannot be ${what === "journal" ? "read" : "kept"}: ${reason}`;
      health.set(part, "failing", message);
      log.error({ output: id }, `${message}; trying again`);
    },
  };
}

const CROWDED =
  "there are more different rejects than are kept: the oldest are forgotten; mend what sends or decodes them";

/** What becomes of points that only a person can help. */
const KEPT: Partial<Record<WriteError["kind"], string>> = {
  denied: "kept, and tried again until somebody mends it",
  refused: "kept, and tried again until somebody mends it",
  too_large: "kept, and tried again until somebody mends it",
  gone: "kept for the next start",
};

function reportTrouble(
  id: string,
  { kind, message }: WriteError,
  points: number,
  { health, log, trouble }: { health: Health; log: Log; trouble: Throttle },
): void {
  health.set(`output ${id}`, "failing", message);
  const loud = kind === "denied" || kind === "refused" || kind === "too_large" || kind === "gone";
  const kept = KEPT[kind] ?? "kept, and tried again";
  trouble.pass((since) => {
    const fields = { output: id, kind, points, attempts: since };
    if (loud) log.error(fields, `${message}; ${kept}`);
    else log.warn(fields, `${message}; ${kept}`);
  });
}
