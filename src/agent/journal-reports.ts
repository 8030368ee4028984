import type { Loss, LossReason } from "../journal/index.ts";
import { type Health, type Metrics, Tally, Throttle } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";

/** Makes what befalls the journal heard: counted, logged once a period, shown in health. */
export class JournalReports {
  readonly #log: Log;
  readonly #health: Health;
  readonly #metrics: Metrics;
  readonly #throttle = new Throttle();
  /** Each reason for itself, and apart from failures: a full disk is told and drops readings in the same moment. */
  readonly #losses = new Map<LossReason, Tally<Loss>>();

  constructor(log: Log, health: Health, metrics: Metrics) {
    this.#log = log;
    this.#health = health;
    this.#metrics = metrics;
    health.set("journal", "ok");
  }

  /** Readings are gone. */
  loss(loss: Loss): void {
    const { reason, count } = loss;
    this.#metrics
      .counter("fieldline_journal_lost_total", "Readings that the journal lost or let go undelivered.", { reason })
      .add(count);
    const tally =
      this.#losses.get(reason) ??
      new Tally((total: number, latest: Loss) => this.#log.error({ ...latest, total }, latest.message));
    this.#losses.set(reason, tally);
    // A loss of no reading is told too: bytes that are not what was written.
    tally.add(Math.max(1, count), loss);
  }

  /** Logs what it has not said yet. */
  async close(): Promise<void> {
    for (const tally of this.#losses.values()) tally.close();
  }

  /** The disk does not take what is written, or does again. */
  failure(error: Error | undefined): void {
    if (error === undefined) {
      if (this.#health.set("journal", "ok")) this.#log.info({}, "the journal can be written again");
      return;
    }
    this.#health.set("journal", "failing", error.message);
    this.#throttle.pass((since) =>
      this.#log.error({ since }, `${error.message}; senders wait, and nothing they sent is acknowledged`),
    );
  }
}
