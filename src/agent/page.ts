import type { AgentPlan } from "../config/index.ts";
import { type Health, type Metrics, serveHttp } from "../observe/index.ts";
import { type Log, reasonOf } from "../plugin/index.ts";

interface Served {
  readonly address: string;
  close(): Promise<void>;
}

/** The agent's page at the address that the plan names. It is no reason not to run: an address that is taken is a warning. */
export class Page {
  readonly #health: Health;
  readonly #metrics: Metrics;
  readonly #log: Log;
  #name = "";
  #served: Served | undefined;

  constructor(health: Health, metrics: Metrics, log: Log) {
    this.#health = health;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Serves it as a plan says, at the address where it is already or at another one. Does not throw. */
  async show({ name, http }: AgentPlan): Promise<void> {
    this.#name = name;
    const address = http === false ? "" : `${http.host} ${http.port}`;
    if (address === this.#served?.address) return;
    await this.close().catch(() => undefined);
    if (http !== false) this.#served = await this.#serve(http, address);
  }

  async close(): Promise<void> {
    const served = this.#served;
    this.#served = undefined;
    await served?.close();
  }

  async #serve(http: Exclude<AgentPlan["http"], false>, address: string): Promise<Served | undefined> {
    const name = () => this.#name;
    const options = {
      ...http,
      get name() {
        return name();
      },
      health: this.#health,
      metrics: this.#metrics,
    };
    try {
      const server = await serveHttp(options);
      return { address, close: () => server.close() };
    } catch (error) {
      const what = "/health and /metrics are not served";
      this.#log.warn({}, `${what}: ${reasonOf(error)}; set agent.http to a free address, or to false`);
      return undefined;
    }
  }
}
