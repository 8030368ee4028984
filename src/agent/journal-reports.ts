import type { Loss } from "../journal/index.ts";
import { type Health, type Metrics, Throttle } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";

/** Makes what befalls the journal heard: counted, logged once a period, shown in health. */
export class JournalReports {
  readonly #log: Log;
  readonly #health: Health;
  readonly #metrics: Metrics;
  readonly #throttle = new Throttle();

  constructor(log: Log, health: Health, metrics: Metrics) {
    this.#log = log;
    this.#health = health;
    this.#metrics = metrics;
    health.set("journal", "ok");
  }

  /** Readings are gone. */
  loss(loss: Loss): void {
    const { reason, count, message } = loss;
    this.#metrics
      .counter("fieldline_journal_lost_total", "Readings that the journal lost or let go undelivered.", { reason })
      .add(count);
    this.#throttle.pass((since) => this.#log.error({ ...loss, since }, message));
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
