import { type StatsListener, unwatchFile, watchFile } from "node:fs";
import type { Plan, PlannedInput } from "../config/index.ts";
import type { Log } from "../plugin/index.ts";
import type { Agent } from "./agent.ts";
import { startAgent } from "./start.ts";

/** An editor writes a file in several steps: the last one counts. */
const SETTLE_MS = 300;
/** Files are looked at, not listened to: a watch on a file that an editor replaces by another goes deaf. */
const LOOK_EVERY_MS = 500;

export interface DaemonOptions {
  /** The plan of the file as it stands now; undefined when it is wrong, which `load` itself has said. */
  readonly load: () => Promise<Plan | undefined>;
  readonly log: Log;
  /** A plan runs: the first one, and each after a reload. */
  readonly onRun?: (plan: Plan, agent: Agent) => void;
  /** The configuration is about to be read again. */
  readonly onReload?: () => void;
  /** It is wrong: the agent goes on as it was. */
  readonly onRefused?: () => void;
}

type Wish = "stop" | "reload";

/** Keeps a plan running: reloads on SIGHUP or when the file changes, stops on SIGTERM and SIGINT. */
export class Daemon {
  readonly #options: DaemonOptions;
  #wish = Promise.withResolvers<Wish>();
  #stopping = false;
  #unwatch: () => void = () => undefined;
  /** Inputs of earlier plans that the present one has no longer. */
  #retired: readonly PlannedInput[] = [];

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  /** Has `run` stop cleanly. */
  stop(): void {
    this.#stopping = true;
    this.#wish.resolve("stop");
  }

  /** Has `run` read the configuration again. */
  reload(): void {
    this.#wish.resolve("reload");
  }

  /**
   * Runs a plan until it is stopped, or until every input has ended and all is delivered.
   * @throws Error when it cannot be started, or no output is left
   */
  async run(first: Plan): Promise<void> {
    try {
      this.#watch(first);
      await this.#run(first);
    } finally {
      this.#unwatch();
    }
  }

  async #run(first: Plan): Promise<void> {
    let plan = first;
    let agent = await startAgent(plan, this.#options.log);
    for (;;) {
      this.#options.onRun?.(plan, agent);
      const next = await this.#nextPlan(agent);
      if (agent.failure !== undefined) throw agent.failure;
      if (next === undefined) return;
      // Before the restart, which may take a while: what changes meanwhile counts too.
      this.#watch(next);
      await agent.stop();
      if (this.#stopping) return;
      ({ agent, plan } = await this.#restart(plan, next));
    }
  }

  /** The plan to go on with after a reload; undefined when the agent has ended or was stopped. */
  async #nextPlan(agent: Agent): Promise<Plan | undefined> {
    for (;;) {
      const wish = await Promise.race([this.#wish.promise, agent.ended()]);
      if (this.#stopping) await agent.stop();
      if (wish !== "reload" || this.#stopping) return undefined;
      this.#wish = Promise.withResolvers<Wish>();
      this.#options.onReload?.();
      const plan = await this.#load();
      if (plan !== undefined) return plan;
      this.#options.log.error({}, "the new configuration is wrong: going on with the one before");
      this.#options.onRefused?.();
    }
  }

  async #load(): Promise<Plan | undefined> {
    try {
      return await this.#options.load();
    } catch (error) {
      this.#options.log.error({}, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Starts the new plan; when that cannot be, the old one again. */
  async #restart(before: Plan, next: Plan): Promise<{ agent: Agent; plan: Plan }> {
    const { log } = this.#options;
    const kept = new Set(next.inputs.map(({ id }) => id));
    const retired = [...before.inputs, ...this.#retired].filter(({ id }) => !kept.has(id));
    try {
      const agent = await startAgent(next, log, retired);
      this.#retired = retired;
      log.info({}, "the new configuration is in force");
      return { agent, plan: next };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error({}, `the new configuration cannot be started: ${reason}; going on with the one before`);
      return { agent: await startAgent(before, log, this.#retired), plan: before };
    }
  }

  /** Watches the files of this plan, and no longer those of the one before. */
  #watch({ agent, files }: Plan): void {
    this.#unwatch();
    if (agent.reload !== "watch") return;
    let settle: NodeJS.Timeout | undefined;
    const changed: StatsListener = (now, before) => {
      if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size) return;
      clearTimeout(settle);
      settle = setTimeout(() => this.reload(), SETTLE_MS);
    };
    for (const file of files) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, changed);
    this.#unwatch = () => {
      clearTimeout(settle);
      for (const file of files) unwatchFile(file, changed);
      this.#unwatch = () => undefined;
    };
  }
}
