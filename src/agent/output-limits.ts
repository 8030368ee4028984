import type { PlannedOutput } from "../config/index.ts";
import { Allowance, Meter, type OutletOptions, Pace } from "../pipeline/index.ts";
import type { Health, Metrics } from "../observe/index.ts";
import type { Log } from "../plugin/index.ts";

export interface OutputLimits extends Pick<OutletOptions, "pace" | "allowance"> {
  /** Counts what the output sends. */
  readonly meter: Meter;
}

/** What an output may ask of its uplink, counted and shown. */
export function outputLimits(
  { id, limits: { catchUpRate, bytesPerDay } }: PlannedOutput,
  { health, metrics, log }: { readonly health: Health; readonly metrics: Metrics; readonly log: Log },
): OutputLimits {
  const labels = { output: id };
  const sent = metrics.counter(
    "fieldline_sent_bytes_total",
    "Bytes sent to the sink, or else of points written.",
    labels,
  );
  const pace = catchUpRate === undefined ? undefined : new Pace(catchUpRate);
  if (bytesPerDay === undefined) return { pace, meter: new Meter((bytes) => sent.add(bytes)), allowance: undefined };
  const until = "delivery goes on at 00:00 UTC, and the journal keeps the rest";
  const allowance = new Allowance({
    bytesPerDay,
    now: Date.now,
    onUsedUp(share) {
      if (share === "backlog")
        return log.info(labels, "the backlog waits until 00:00 UTC: the rest of limits.bytes_per_day is for live data");
      health.set(`output ${id}`, "capped", `limits.bytes_per_day is used up: ${until}`);
      log.warn(labels, `limits.bytes_per_day is used up: ${until}`);
    },
    onRefilled() {
      health.set(`output ${id}`, "starting");
      log.info(labels, "a new day: limits.bytes_per_day counts from nothing");
    },
  });
  const meter = new Meter((bytes) => {
    sent.add(bytes);
    allowance.spend(bytes);
  });
  return { pace, meter, allowance };
}

/** Has shown how far the bytes of the day are used up; nothing for an output without such a limit, or no more. */
export function showAllowance(id: string, allowance: Allowance | undefined, metrics: Metrics): void {
  const labels = { output: id };
  const [today, capped] = ["fieldline_sent_bytes_today", "fieldline_output_capped"];
  if (allowance === undefined) {
    for (const name of [today, capped]) metrics.forget(name, labels);
    return;
  }
  metrics.gauge(today, "Bytes sent since 00:00 UTC.", () => allowance.sent.bytes, labels);
  metrics.gauge(capped, "1 while the bytes of the day are used up.", () => (allowance.usedUp ? 1 : 0), labels);
}
