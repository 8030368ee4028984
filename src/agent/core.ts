import type { Plan } from "../config/index.ts";
import { CursorStore, type FileLayer, Journal } from "../journal/index.ts";
import { millisOf } from "../model/index.ts";
import { Health, Metrics } from "../observe/index.ts";
import { type Log, reasonOf } from "../plugin/index.ts";
import { journalMetrics } from "./agent-metrics.ts";
import type { Closing } from "./closing.ts";
import type { DataDirectory } from "./data-directory.ts";
import { JournalClock } from "./journal-clock.ts";
import { JournalReports } from "./journal-reports.ts";
import { KeptRejects } from "./kept-rejects.ts";
import { PausedOutputs } from "./paused-outputs.ts";
import { Retention } from "./retention.ts";
import { RetiredInputs } from "./retired-inputs.ts";

/** What lives as long as the agent does, while inputs and outputs come and go. */
export interface Core {
  readonly directory: DataDirectory;
  readonly cursors: CursorStore;
  readonly journal: Journal;
  readonly clock: JournalClock;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly retention: Retention;
  readonly kept: KeptRejects;
  readonly retired: RetiredInputs;
  readonly paused: PausedOutputs;
  readonly closing: Closing;
}

/** Opens it on a data directory that is this process's alone. `closing` gets what has to be closed, also when it throws. */
export async function openCore(
  plan: Plan,
  directory: DataDirectory,
  log: Log,
  closing: Closing,
  files?: FileLayer,
): Promise<Core> {
  const health = new Health();
  const metrics = new Metrics();
  const cursors = await CursorStore.open(directory.cursors, files);
  for (const { message } of cursors.damage) log.error({}, message);
  // A journal that began anew, in memory or in an emptied folder, must not number its entries below the cursors.
  const atLeast = cursors.end;
  const reports = new JournalReports(log, health, metrics);
  closing.add(() => reports.close());
  const kept = await KeptRejects.open(directory, files, (loss) => reports.loss(loss));
  closing.add(() => kept.close());
  const journal = await Journal.open({
    directory: directory.journal,
    atLeast,
    durability: plan.journal.durability,
    syncWithinMs: syncWithinMs(plan),
    maxSize: plan.journal.maxSize,
    maxAgeMs: plan.journal.maxAgeMs,
    whenFull: plan.journal.whenFull,
    beforeRemoval: (removed) => kept.beforeRemoval(removed),
    onLoss: (loss) => reports.loss(loss),
    onFailure: (error) => reports.failure(error),
    ...(files === undefined ? {} : { files }),
  });
  closing.add(() => journal.close());
  cursors.spare = kept.spare = () => journal.spare();
  journalMetrics(metrics, journal);
  metrics.gauge("fieldline_reject_copies_bytes", COPIES, () => kept.copiedBytes);
  void kept.tidy();
  const clock = new JournalClock(journal);
  noteStart(journal, clock);
  const retention = new Retention(journal);
  const retired = await RetiredInputs.open(directory.decodings);
  const paused = await PausedOutputs.open(directory.paused);
  return { directory, cursors, journal, clock, health, metrics, log, retention, kept, retired, paused, closing };
}

const COPIES = "Bytes of readings that rejects name and the journal has let go.";

/** A reading waits no longer for its sync than the most hasty output lets a batch wait. */
export function syncWithinMs({ journal, outputs }: Plan): number {
  return Math.min(journal.syncIntervalMs, ...outputs.map(({ batch }) => batch.maxWaitMs));
}

/** Not waited for: a full disk is emptied by delivering what is there. Its failure is the journal's to report. */
function noteStart(journal: Journal, clock: JournalClock): void {
  const time = clock.take(1);
  const { lastTime } = journal.recovered;
  const down = lastTime === undefined ? {} : { down_ms: String(Math.max(0, millisOf(time) - millisOf(lastTime))) };
  journal.mark("start", time, down).catch(() => undefined);
}

/** Does what is not worth ending the agent for; what it throws is a warning. */
export async function orWarn(log: Log, what: string, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    log.warn({}, `${what}: ${reasonOf(error)}`);
  }
}
