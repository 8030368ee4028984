import { type Health, type Metrics, Throttle } from "../observe/index.ts";
import type { OutletOptions, RejectStore } from "../pipeline/index.ts";
import { type Log, reasonOf, type WriteError } from "../plugin/index.ts";
import { outputMetrics } from "./agent-metrics.ts";

/** Where what an outlet tells is heard. */
export interface Hearing {
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Log;
}

type Reports = Pick<
  OutletOptions,
  "reject" | "onDecoded" | "onDelivered" | "onAttempt" | "onTaken" | "onTrouble" | "onFailure"
>;

/** Has what an outlet tells counted, logged once a period and shown in health. */
export function reportsOf(id: string, rejects: RejectStore, { metrics, health, log }: Hearing): Reports {
  const counted = outputMetrics(metrics, id);
  const part = `output ${id}`;
  const trouble = new Throttle();
  const rejected = new Throttle();
  const crowded = new Throttle();
  return {
    async reject(found) {
      const { evicted } = rejects;
      await rejects.add(found);
      if (rejects.evicted > evicted) {
        counted.evicted.add(rejects.evicted - evicted);
        crowded.pass(() => log.warn({ output: id, kept: rejects.entries.length }, CROWDED));
      }
      for (const { step, input, channel, offset, reason } of found) {
        counted.rejected.add();
        counted.rejectedAt(step).add();
        rejected.pass((since) => log.warn({ output: id, step, input, channel, offset, since }, `rejected: ${reason}`));
      }
    },
    onDecoded: (_readings, points) => counted.points.add(points),
    onDelivered: (points) => counted.delivered.add(points),
    onAttempt: ({ kind }) => counted.failedWrites(kind).add(),
    onTaken() {
      if (health.set(part, "ok")) log.info({ output: id }, "delivering");
      trouble.reset();
    },
    onTrouble: (error, points) => reportTrouble(id, error, points, { health, log, trouble }),
    onFailure(what, error) {
      const message = `its ${what} cannot be ${what === "journal" ? "read" : "kept"}: ${reasonOf(error)}`;
      health.set(part, "failing", message);
      log.error({ output: id }, `${message}; trying again`);
    },
  };
}

const CROWDED =
  "there are more different rejects than are kept: the oldest are forgotten; mend what sends or decodes them";

/** What becomes of points that only a person can help. */
const KEPT: Partial<Record<WriteError["kind"], string>> = {
  denied: "kept, and tried again until somebody mends it",
  refused: "kept, and tried again until somebody mends it",
  too_large: "kept, and tried again until somebody mends it",
  gone: "kept for the next start",
};

function reportTrouble(
  id: string,
  { kind, message }: WriteError,
  points: number,
  { health, log, trouble }: { health: Health; log: Log; trouble: Throttle },
): void {
  health.set(`output ${id}`, "failing", message);
  const loud = kind === "denied" || kind === "refused" || kind === "too_large" || kind === "gone";
  const kept = KEPT[kind] ?? "kept, and tried again";
  trouble.pass((since) => {
    const fields = { output: id, kind, points, attempts: since };
    if (loud) log.error(fields, `${message}; ${kept}`);
    else log.warn(fields, `${message}; ${kept}`);
  });
}
