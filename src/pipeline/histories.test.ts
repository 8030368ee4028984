import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NumberOutletOptions, numberSink, openNumbers, startOutlet } from "../../test/parts/number-outlet.ts";
import { until } from "../../test/parts/program.ts";

type Backlog = NonNullable<NumberOutletOptions["backlog"]>;

/** What happens to an output: it is off while `away` readings come, then runs as `backlog` says. */
interface Restart {
  readonly kind: "stop" | "kill";
  readonly backlog: Backlog;
  readonly inFlight: number;
  readonly away: number;
}
type Event =
  | { readonly kind: "append"; readonly count: number }
  /** The sink takes nothing while readings come before and after it was noticed, and recovers, or not by itself. */
  | { readonly kind: "outage"; readonly before: number; readonly after: number; readonly recovers: boolean }
  | { readonly kind: "settle" }
  | Restart;

const count = fc.integer({ min: 1, max: 60 });
const backlog = fc.constantFrom<Backlog>("newest_first", "newest_first", "oldest_first");
const restart = <Kind extends Restart["kind"]>(kind: Kind) =>
  fc.record({ kind: fc.constant(kind), backlog, inFlight: fc.integer({ min: 1, max: 4 }), away: fc.nat(60) });
const event = (...more: fc.Arbitrary<Event>[]): fc.Arbitrary<Event> =>
  fc.oneof(
    fc.record({ kind: fc.constant("append" as const), count }),
    fc.record({ kind: fc.constant("outage" as const), before: count, after: count, recovers: fc.boolean() }),
    fc.constant({ kind: "settle" as const }),
    restart("stop"),
    ...more,
  );

/** Lives through a history and delivers what is left. */
async function live(events: readonly Event[]) {
  const log = await openNumbers();
  const sink = numberSink();
  const options = { backlog: "newest_first" as Backlog, batch: { inFlight: 1 } };
  let running = startOutlet(log, sink, options);
  let mode: Backlog = "newest_first";
  for (const each of events) {
    if (each.kind === "append") await log.append(each.count);
    if (each.kind === "settle" && sink.up) await until("all", () => running.outlet.lag === 0);
    if (each.kind === "outage") {
      sink.up = false;
      sink.recoverOn = undefined;
      await log.append(each.before);
      const noticed = sink.refused();
      await until("a refusal", () => sink.refused() > noticed);
      await log.append(each.after);
      if (!each.recovers) continue;
      const newest = log.count() - 1;
      const writes = sink.writes.length;
      sink.recoverOn = newest;
      sink.up = mode === "oldest_first";
      await until("a write", () => sink.writes.length > writes);
      if (mode === "newest_first") expect(sink.writes[writes]).toContain(newest);
    }
    if (each.kind === "stop" || each.kind === "kill") {
      await running[each.kind]();
      await log.append(each.away);
      mode = each.backlog;
      const batch = { inFlight: each.inFlight };
      running = startOutlet(log, sink, { backlog: mode, batch, saved: running.saved() });
    }
  }
  sink.up = true;
  await running.drain();
  expect(running.saved()).toEqual({ offset: log.journal.end });
  await log.close();
  return { count: log.count(), delivered: sink.writes.flat() };
}

/** Many at once, since they mostly wait. */
async function liveAll(histories: readonly (readonly Event[])[]) {
  const outcomes = await Promise.all(
    histories.map((history) =>
      live(history).catch((error: unknown) => {
        throw new Error(JSON.stringify(history), { cause: error });
      }),
    ),
  );
  return outcomes.map((outcome, index) => ({ ...outcome, history: histories[index] }));
}

describe("in whatever history of outages, restarts and settings", () => {
  const each = { maxLength: 8, size: "max" } as const;

  it("each reading is delivered once, and the newest first after an outage", async () => {
    for (const { count: made, delivered, history } of await liveAll(fc.sample(fc.array(event(), each), 60))) {
      const sorted = delivered.toSorted((one, other) => one - other);
      expect({ history, sorted }).toEqual({ history, sorted: Array.from({ length: made }, (_, number) => number) });
    }
  });

  it("with kills each reading is delivered", async () => {
    const histories = fc.sample(fc.array(event(restart("kill"), restart("kill")), each), 60);
    for (const { count: made, delivered, history } of await liveAll(histories)) {
      expect({ history, different: new Set(delivered).size }).toEqual({ history, different: made });
    }
  });
});
