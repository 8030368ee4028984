import type { Plan } from "../config/index.ts";
import { type Log, reasonOf } from "../plugin/index.ts";
import type { Agent } from "./agent.ts";
import { FileWatch } from "./file-watch.ts";
import { startAgent } from "./start.ts";

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
  readonly #stopped = Promise.withResolvers<void>();
  #stopping = false;
  readonly #watch = new FileWatch(() => this.reload());

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  /** Has `run` stop cleanly. */
  stop(): void {
    this.#stopping = true;
    this.#stopped.resolve();
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
      this.#watch.watch(watchedBy(first));
      await this.#run(first);
    } finally {
      this.#watch.close();
    }
  }

  async #run(first: Plan): Promise<void> {
    const { log, onRun } = this.#options;
    let agent = await startAgent(first, log);
    for (;;) {
      if (!this.#stopping) onRun?.(agent.plan, agent);
      const next = await this.#nextPlan(agent);
      if (agent.failure !== undefined) throw agent.failure;
      if (next === undefined) return;
      // Before the change, which may take a while: what happens to the files meanwhile counts too.
      this.#watch.watch(watchedBy(next));
      if (agent.takes(next)) await this.#reload(agent, next);
      else agent = (await this.#restart(agent, next)) ?? agent;
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
      this.#options.log.error({}, reasonOf(error));
      return undefined;
    }
  }

  /** Goes over to a plan; a request to stop does not wait for it. */
  async #reload(agent: Agent, next: Plan): Promise<void> {
    if (this.#stopping) return;
    await Promise.race([agent.reload(next).catch((error: unknown) => this.#refuse(error)), this.#stopped.promise]);
  }

  /** The journal itself changes: stops the agent and starts one with the new plan; when that cannot be, the old one again. */
  async #restart(agent: Agent, next: Plan): Promise<Agent | undefined> {
    const { log } = this.#options;
    log.info({}, "the journal or the data directory changes: the agent as a whole starts anew");
    await agent.stop();
    if (this.#stopping) return undefined;
    try {
      const restarted = await startAgent(next, log);
      log.info({}, "the new configuration is in force");
      return restarted;
    } catch (error) {
      this.#refuse(error);
      return startAgent(agent.plan, log);
    }
  }

  #refuse(error: unknown): void {
    const { log } = this.#options;
    log.error({}, `the new configuration cannot be started: ${reasonOf(error)}; going on with the one before`);
  }
}

function watchedBy({ agent, files }: Plan): readonly string[] {
  return agent.reload === "watch" ? files : [];
}
