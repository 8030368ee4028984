import type { Plan } from "../config/index.ts";
import type { Journal } from "../journal/index.ts";
import type { Health } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import type { JournalClock } from "./journal-clock.ts";
import { JournalPulse } from "./journal-pulse.ts";
import type { RunInput } from "./running-input.ts";
import type { RunningOutput } from "./running-output.ts";
import { keepTime, noteEnd } from "./ticks.ts";

/** What came through and what is left, for a last line or a summary. */
export interface AgentSummary {
  readonly readings: number;
  readonly journalBytes: number;
  readonly outputs: readonly {
    readonly id: string;
    readonly delivered: number;
    readonly rejected: number;
    /** Entries of the journal that are not delivered yet. */
    readonly left: number;
  }[];
}

/** All that an agent is made of, opened. */
export interface AgentParts {
  readonly plan: Plan;
  readonly health: Health;
  readonly log: Log;
  readonly journal: Journal;
  readonly clock: JournalClock;
  readonly outputs: readonly RunningOutput[];
  readonly inputs: readonly RunInput[];
  /** Lets go of everything, the last opened first. */
  readonly close: () => Promise<void>;
}

/** One plan, running: inputs into the journal, the journal to outputs. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #stopInputs = new AbortController();
  readonly #abandon = new AbortController();
  readonly #inputs: Promise<unknown>;
  readonly #outlets: Promise<unknown>;
  readonly #pulse: JournalPulse;
  #deadline: NodeJS.Timeout | undefined;
  #finished: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#pulse = new JournalPulse(
      () => parts.journal.stats,
      () => parts.health.parts.some(({ part, condition }) => part === "journal" && condition === "failing"),
    );
    this.#outlets = Promise.all(parts.outputs.map((output) => this.#runOutlet(output)));
    this.#inputs = Promise.all(parts.inputs.map((run) => run(this.#stopInputs.signal)));
    void keepTime(parts, this.#stopInputs.signal);
  }

  get health(): Health {
    return this.#parts.health;
  }

  /** Whether only a restart can help: to be asked again and again. */
  get stuck(): boolean {
    return this.#pulse.isStuck();
  }

  get summary(): AgentSummary {
    const { journal, outputs } = this.#parts;
    return {
      readings: journal.stats.appendedReadings,
      journalBytes: journal.stats.bytes,
      outputs: outputs.map(({ id, outlet, counted }) => ({
        id,
        delivered: counted.delivered.value,
        rejected: counted.rejected.value,
        left: Math.max(0, journal.end - outlet.cursor),
      })),
    };
  }

  /** Why it stopped by itself, other than at the end of all inputs. */
  get failure(): Error | undefined {
    if (this.#failure !== undefined) return this.#failure;
    const [first, ...others] = this.#parts.outputs.map(({ outlet }) => outlet.gone);
    return first !== undefined && !others.includes(undefined) ? first : undefined;
  }

  /** Resolves when every input has ended by itself and all they sent is delivered, or when the agent was stopped. */
  async ended(): Promise<void> {
    await this.#inputs;
    this.#finished ??= this.#finish(true);
    await this.#finished;
  }

  /** Stops taking, makes durable, acknowledges, delivers for at most `stop_timeout`, saves. */
  stop(): Promise<void> {
    this.#deadline ??= setTimeout(() => this.#abandon.abort(), this.#parts.plan.agent.stopTimeoutMs);
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  /** An agent whose outputs have all gone, as that of `fieldline run | head`, has nothing left to do. */
  async #runOutlet({ id, outlet }: RunningOutput): Promise<void> {
    try {
      await outlet.run(this.#abandon.signal);
    } catch (error) {
      this.#failure ??= new Error(`output ${id} failed: ${String(error)}`, { cause: error });
      this.#parts.log.error({ output: id }, this.#failure.message);
    }
    // What the stop itself throws is told to who waits for the end.
    if (this.failure !== undefined) this.stop().catch(() => undefined);
  }

  async #finish(inputsEnded = false): Promise<void> {
    const { journal, outputs, clock, close } = this.#parts;
    const { signal } = this.#abandon;
    const abandoned = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    this.#stopInputs.abort();
    const durable = Promise.all([this.#inputs, journal.sync()]).then(() => journal.sync());
    await Promise.race([durable, abandoned]);
    if (inputsEnded) await Promise.race([noteEnd(journal, clock), abandoned]);
    for (const { outlet } of outputs) outlet.drain(journal.end);
    await this.#outlets;
    await Promise.race([journal.mark("stop", clock.take(1)), abandoned]);
    clearTimeout(this.#deadline);
    await close();
  }
}
