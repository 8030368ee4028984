import type { Plan } from "../config/index.ts";
import { CursorStore, Journal } from "../journal/index.ts";
import { Health, Metrics } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import { journalMetrics } from "./agent-metrics.ts";
import { type DataDirectory, dataDirectory, makeDataDirectory } from "./data-directory.ts";
import { JournalClock } from "./journal-clock.ts";
import { JournalReports } from "./journal-reports.ts";
import { Retention } from "./retention.ts";
import { runInput } from "./running-input.ts";
import { openOutput, type RunningOutput } from "./running-output.ts";
import { listen, type Request } from "./socket.ts";
import { tapJournal } from "./tap.ts";

/** What came through and what is left, for a last line or a summary. */
export interface AgentSummary {
  readonly readings: number;
  readonly journalBytes: number;
  readonly outputs: readonly {
    readonly id: string;
    readonly delivered: number;
    readonly rejected: number;
    readonly left: number;
  }[];
}

/** One plan, running: inputs into the journal, the journal to outputs. */
export class Agent {
  readonly plan: Plan;
  readonly health = new Health();
  readonly metrics = new Metrics();
  readonly #log: Log;
  readonly #directory: DataDirectory;
  readonly #stopInputs = new AbortController();
  readonly #abandon = new AbortController();
  #journal!: Journal;
  #clock!: JournalClock;
  #socket: { close(): Promise<void> } | undefined;
  #outputs: readonly RunningOutput[] = [];
  #inputs: Promise<unknown> = Promise.resolve();
  #outlets: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #deadline: NodeJS.Timeout | undefined;

  private constructor(plan: Plan, log: Log) {
    this.plan = plan;
    this.#log = log;
    this.#directory = dataDirectory(plan.agent.dataDir);
  }

  /** Starts a plan. @throws Error when the data directory cannot be used, or another agent uses it */
  static async start(plan: Plan, log: Log): Promise<Agent> {
    const agent = new Agent(plan, log);
    await makeDataDirectory(agent.#directory);
    agent.#socket = await listen(agent.#directory.socket, (request, send, signal) =>
      agent.#answer(request, send, signal),
    );
    try {
      await agent.#start();
      return agent;
    } catch (error) {
      await agent.#socket.close();
      throw error;
    }
  }

  /** Resolves when every input has ended by itself and all they sent is delivered, or when the agent was stopped. */
  async ended(): Promise<void> {
    await this.#inputs;
    this.#stopped ??= this.#finish();
    await this.#stopped;
  }

  /** Stops taking, makes durable, acknowledges, delivers for at most `stop_timeout`, saves. */
  stop(): Promise<void> {
    this.#deadline ??= setTimeout(() => this.#abandon.abort(), this.plan.agent.stopTimeoutMs);
    this.#stopped ??= this.#finish();
    return this.#stopped;
  }

  get summary(): AgentSummary {
    const { stats, end } = this.#journal;
    return {
      readings: stats.appendedReadings,
      journalBytes: stats.bytes,
      outputs: this.#outputs.map(({ id, outlet, counted }) => ({
        id,
        delivered: counted.delivered.value,
        rejected: counted.rejected.value,
        left: end - outlet.cursor,
      })),
    };
  }

  async #start(): Promise<void> {
    const { plan } = this;
    this.#journal = await this.#openJournal();
    const cursors = await CursorStore.open(this.#directory.cursors);
    this.#clock = new JournalClock(this.#journal);
    await this.#journal.mark("start", this.#clock.take(1));
    const retention = new Retention(this.#journal);
    const around = {
      directory: this.#directory,
      journal: this.#journal,
      cursors,
      clock: this.#clock,
      health: this.health,
      metrics: this.metrics,
      log: this.#log,
      onSaved: (output: string, offset: number) => retention.moved(output, offset),
    };
    journalMetrics(this.metrics, this.#journal);
    this.#outputs = await Promise.all(plan.outputs.map((planned) => openOutput(plan, planned, around)));
    for (const { id, required, outlet } of this.#outputs) retention.add(id, required, outlet.cursor);
    this.#outlets = Promise.all(this.#outputs.map(({ outlet }) => outlet.run(this.#abandon.signal)));
    this.#inputs = Promise.all(plan.inputs.map((planned) => runInput(planned, around, this.#stopInputs.signal)));
  }

  #openJournal(): Promise<Journal> {
    const { journal, outputs } = this.plan;
    const reports = new JournalReports(this.#log, this.health, this.metrics);
    return Journal.open({
      directory: this.#directory.journal,
      durability: journal.durability,
      syncWithinMs: Math.min(journal.syncIntervalMs, ...outputs.map(({ batch }) => batch.maxWaitMs)),
      maxSize: journal.maxSize,
      maxAgeMs: journal.maxAgeMs,
      whenFull: journal.whenFull,
      onLoss: (loss) => reports.loss(loss),
      onFailure: (error) => reports.failure(error),
    });
  }

  async #finish(): Promise<void> {
    const abandoned = new Promise<void>((resolve) => this.#abandon.signal.addEventListener("abort", () => resolve()));
    this.#stopInputs.abort();
    await Promise.race([this.#inputs, abandoned]);
    await Promise.race([this.#journal.sync(), abandoned]);
    for (const { outlet } of this.#outputs) outlet.drain(this.#journal.end);
    await this.#outlets;
    clearTimeout(this.#deadline);
    for (const { output } of this.#outputs) await output.close?.();
    await this.#journal.mark("stop", this.#clock.take(1));
    await this.#journal.close();
    await this.#socket?.close();
  }

  async #answer(request: Request, send: (line: object) => Promise<void>, signal: AbortSignal): Promise<void> {
    await send({ name: this.plan.agent.name, pid: process.pid, inputs: this.plan.inputs.map(({ id }) => id) });
    if (request.command === "tap") await tapJournal(this.#journal, send, signal);
  }
}
