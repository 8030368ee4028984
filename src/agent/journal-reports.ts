import type { Loss, LossReason } from "../journal/index.ts";
import { type Health, type Metrics, Tally, Throttle } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";

const PERIOD_MS = 60_000;
/** Damage is told with its place, up to so many places a period; what comes beyond that is counted all the same. */
const MOST_PLACES = 20;

/** What was lost for one reason since the log last said so. */
interface Sum {
  readonly tally: Tally<Loss>;
  inputs: Map<string, number>;
}

/** Makes what befalls the journal heard: counted by input and reason, logged once a period, shown in health. */
export class JournalReports {
  readonly #log: Log;
  readonly #health: Health;
  readonly #metrics: Metrics;
  readonly #periodMs: number;
  readonly #failures = new Throttle();
  readonly #sums = new Map<LossReason, Sum>();
  #places = 0;
  #placesSince = -Infinity;

  /** @param periodMs how often the log says what is lost while it is being lost */
  constructor(log: Log, health: Health, metrics: Metrics, periodMs = PERIOD_MS) {
    this.#log = log;
    this.#health = health;
    this.#metrics = metrics;
    this.#periodMs = periodMs;
    health.set("journal", "ok");
  }

  /** Readings are gone. */
  loss(loss: Loss): void {
    const { reason, count } = loss;
    const inputs = byInput(loss);
    for (const [input, readings] of inputs) this.#counter(input, reason).add(readings);
    if (count > 0) this.#health.lost("journal", reason, count);
    if (loss.segment !== undefined || reason === "missing" || count === 0) this.#place(loss);
    else this.#add(loss, inputs);
  }

  /** The disk does not take what is written, or does again. */
  failure(error: Error | undefined): void {
    if (error === undefined) {
      if (this.#health.set("journal", "ok")) this.#log.info({}, "the journal can be written again");
      return;
    }
    this.#health.set("journal", "failing", error.message);
    this.#failures.pass((since) =>
      this.#log.error({ since }, `${error.message}; senders wait, and nothing they sent is acknowledged`),
    );
  }

  /** Has the log say what it has not said yet. */
  async close(): Promise<void> {
    for (const { tally } of this.#sums.values()) tally.close();
  }

  #counter(input: string, reason: LossReason) {
    const help = "Readings that the journal lost or let go undelivered; without an input where that is not known.";
    return this.#metrics.counter("fieldline_journal_lost_total", help, { input, reason });
  }

  #place(loss: Loss): void {
    const now = performance.now();
    if (now - this.#placesSince >= this.#periodMs) {
      this.#placesSince = now;
      this.#places = 0;
    }
    this.#places += 1;
    if (this.#places <= MOST_PLACES) this.#log.error({ ...loss }, loss.message);
    if (this.#places === MOST_PLACES)
      this.#log.error({}, "more may be damaged and is only counted: see /metrics, or run fieldline journal verify");
  }

  #add(loss: Loss, inputs: ReadonlyMap<string, number>): void {
    const sum = this.#sums.get(loss.reason) ?? this.#newSum(loss.reason);
    for (const [input, readings] of inputs) sum.inputs.set(input, (sum.inputs.get(input) ?? 0) + readings);
    sum.tally.add(loss.count, loss);
  }

  #newSum(reason: LossReason): Sum {
    const sum: Sum = {
      inputs: new Map(),
      tally: new Tally((count, { fromOffset, toOffset, message }) => {
        const inputs = Object.fromEntries(sum.inputs);
        sum.inputs = new Map();
        const fields = { reason, count, inputs, fromOffset, toOffset };
        this.#log.error(fields, `${message}; together ${count} since this was last said: ${listed(inputs)}`);
      }, this.#periodMs),
    };
    this.#sums.set(reason, sum);
    return sum;
  }
}

/** How many readings of each input are lost; those of which the input is not known are of input "". */
function byInput({ inputs = {}, count }: Loss): ReadonlyMap<string, number> {
  const known = Object.entries(inputs).reduce((sum, [, readings]) => sum + readings, 0);
  return new Map([...Object.entries(inputs), ...(known === count ? [] : [["", count - known] as const])]);
}

function listed(inputs: Readonly<Record<string, number>>): string {
  return Object.entries(inputs)
    .map(([input, readings]) => `${input === "" ? "an input that is not known" : input} ${readings}`)
    .join(", ");
}
