import type { Plan, PlannedInput } from "../config/index.ts";
import { CursorStore, Journal } from "../journal/index.ts";
import { Health, Metrics, serveHttp } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import { Agent } from "./agent.ts";
import { journalMetrics } from "./agent-metrics.ts";
import { Closing } from "./closing.ts";
import { type DataDirectory, dataDirectory, makeDataDirectory } from "./data-directory.ts";
import { JournalClock } from "./journal-clock.ts";
import { JournalReports } from "./journal-reports.ts";
import { Retention } from "./retention.ts";
import { openInput } from "./running-input.ts";
import { openOutput, type RunningOutput } from "./running-output.ts";
import { answerRejects } from "./rejects.ts";
import { type Answer, listen } from "./socket.ts";
import { tapJournal } from "./tap.ts";

/**
 * Opens all that a plan names and runs it.
 * @param retired inputs of the plan before that it has no longer: their readings are still decoded as that one said
 * @throws Error when the data directory cannot be used or another agent uses it; then nothing stays open
 */
export async function startAgent(plan: Plan, log: Log, retired: readonly PlannedInput[] = []): Promise<Agent> {
  const closing = new Closing();
  try {
    return await open(plan, log, retired, closing);
  } catch (error) {
    await closing.close().catch(() => undefined);
    throw error;
  }
}

async function open(plan: Plan, log: Log, retired: readonly PlannedInput[], closing: Closing): Promise<Agent> {
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    closing.add(() => part.close());
    return part;
  };
  const health = new Health();
  const metrics = new Metrics();
  const directory = dataDirectory(plan.agent.dataDir);
  await makeDataDirectory(directory);
  const ready = Promise.withResolvers<Open>();
  keep(await listen(directory.socket, answerOf(plan, directory, ready.promise)));
  const cursors = await CursorStore.open(directory.cursors);
  for (const { message } of cursors.damage) log.error({}, message);
  // A journal that began anew, in memory or in an emptied folder, must not number its entries below the cursors.
  const atLeast = Math.max(0, ...cursors.list().map(({ cursor }) => cursor.offset));
  const reports = new JournalReports(log, health, metrics);
  const journal = keep(await openJournal(plan, directory.journal, atLeast, reports));
  journalMetrics(metrics, journal);
  const clock = new JournalClock(journal);
  // Not waited for: a full disk is emptied by delivering what is there. Its failure is the journal's to report.
  journal.mark("start", clock.take(1)).catch(() => undefined);
  const retention = new Retention(journal);
  const onSaved = (output: string, needed: number) => retention.moved(output, needed);
  const around = { directory, retired, journal, cursors, clock, health, metrics, log, onSaved };
  const outputs: RunningOutput[] = [];
  for (const planned of plan.outputs) {
    const running = await openOutput(plan, planned, around);
    closing.add(() => running.close());
    retention.add(running.id, running.required, running.outlet.needed);
    outputs.push(running);
  }
  ready.resolve({ journal, outputs });
  const inputs = plan.inputs.map((planned) => openInput(planned, around));
  const page = await servePage(plan, health, metrics, log);
  if (page !== undefined) keep(page);
  return new Agent({ plan, health, log, journal, clock, outputs, inputs, close: () => closing.close() });
}

function openJournal(
  { journal, outputs }: Plan,
  directory: string,
  atLeast: number,
  reports: JournalReports,
): Promise<Journal> {
  return Journal.open({
    directory,
    atLeast,
    durability: journal.durability,
    syncWithinMs: Math.min(journal.syncIntervalMs, ...outputs.map(({ batch }) => batch.maxWaitMs)),
    maxSize: journal.maxSize,
    maxAgeMs: journal.maxAgeMs,
    whenFull: journal.whenFull,
    onLoss: (loss) => reports.loss(loss),
    onFailure: (error) => reports.failure(error),
  });
}

/** The page is no reason not to run: an address that is taken is a warning. */
async function servePage({ agent }: Plan, health: Health, metrics: Metrics, log: Log) {
  if (agent.http === false) return undefined;
  try {
    return await serveHttp({ ...agent.http, name: agent.name, health, metrics });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({}, `/health and /metrics are not served: ${reason}; set agent.http to a free address, or to false`);
    return undefined;
  }
}

/** What commands may ask for, once it is open. */
interface Open {
  readonly journal: Journal;
  readonly outputs: readonly RunningOutput[];
}

function answerOf({ agent, inputs }: Plan, directory: DataDirectory, ready: Promise<Open>): Answer {
  return async (request, send, signal) => {
    await send({ name: agent.name, pid: process.pid, inputs: inputs.map(({ id }) => id) });
    if (request.command === "hello") return;
    const { journal, outputs } = await ready;
    if (request.command === "tap") await tapJournal(journal, send, signal);
    if (request.command === "rejects") {
      for await (const line of answerRejects(request, { directory, journal, outputs }, signal)) await send(line);
    }
  };
}
