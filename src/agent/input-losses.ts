import type { Arrival } from "../model/index.ts";
import { type Health, type Metrics, Tally } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";
import { inputMetrics } from "./agent-metrics.ts";

const MINUTE_MS = 60_000;
/** Somebody asked for it: it is told so that it is not forgotten. */
const THINNED_EVERY_MS = 60 * MINUTE_MS;

const FULL = "the journal was full and this sender cannot wait";
const FULL_ADVICE = "see which output holds the journal, or raise journal.max_size";
const OVERSIZED =
  "larger than max_reading or than the journal may take: kept as rejects, with length, hash and beginning";

interface Surroundings {
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What one input leaves out before the journal, by reason: counted, shown in health, and added up for the log. */
export class InputLosses {
  readonly #count: (reason: string, count: number) => void;
  readonly #full: Tally;
  readonly #thinned: Tally;
  readonly #oversized: Tally<{ readonly channel: string; readonly bytes: number }>;

  /** @param periodMs how often the log says what is lost while it is being lost */
  constructor(input: string, { health, metrics, log }: Surroundings, periodMs = MINUTE_MS) {
    const counted = inputMetrics(metrics, input);
    this.#count = (reason, count) => {
      counted.leftOut(reason).add(count);
      health.lost(`input ${input}`, reason, count);
    };
    this.#full = new Tally((count) => {
      const dropped = `${FULL}: ${readings(count)} dropped; ${FULL_ADVICE}`;
      log.warn({ input, reason: "dropped_full", count }, dropped);
    }, periodMs);
    this.#thinned = new Tally((count) => {
      log.info({ input, reason: "thinned", count }, `${readings(count)} left out, as thin says`);
    }, THINNED_EVERY_MS);
    this.#oversized = new Tally((count, latest) => {
      log.warn({ input, reason: "oversized", count, ...latest }, `${readings(count)} ${OVERSIZED}`);
    }, periodMs);
  }

  leftOut(reason: "thinned" | "dropped_full", count: number): void {
    this.#count(reason, count);
    (reason === "thinned" ? this.#thinned : this.#full).add(count);
  }

  oversized({ channel, payload }: Arrival): void {
    this.#count("oversized", 1);
    this.#oversized.add(1, { channel, bytes: payload.length });
  }

  /** Has the log say what it has not said yet. */
  close(): void {
    for (const tally of [this.#full, this.#thinned, this.#oversized]) tally.close();
  }
}

function readings(count: number): string {
  return count === 1 ? "1 reading was" : `${count} readings were`;
}
