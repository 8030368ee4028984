import type { Journal, JournalStats } from "../journal/index.ts";
import type { Metrics } from "../observe/index.ts";

/** What the agent counts of one input. */
export function inputMetrics(metrics: Metrics, input: string) {
  return {
    readings: metrics.counter("fieldline_readings_total", "Readings made durable.", { input }),
    bytes: metrics.counter("fieldline_reading_bytes_total", "Payload bytes made durable.", { input }),
    leftOut: (reason: string) =>
      metrics.counter("fieldline_left_out_total", "Readings left out, or cut (oversized), before the journal.", {
        input,
        reason,
      }),
    event: (name: string) => metrics.counter("fieldline_input_events_total", "What an input noticed.", { input, name }),
  };
}

/** What the agent counts of one output. */
export function outputMetrics(metrics: Metrics, output: string) {
  return {
    points: metrics.counter("fieldline_points_total", "Points made for an output.", { output }),
    delivered: metrics.counter("fieldline_delivered_points_total", "Points that the sink took.", { output }),
    failedWrites: (kind: string) =>
      metrics.counter("fieldline_failed_writes_total", "Writes that the sink did not take.", { output, kind }),
    rejected: metrics.counter("fieldline_rejects_total", "Readings and points that no retry can save.", { output }),
    rejectedAt: (step: string) =>
      metrics.counter("fieldline_rejects_by_step_total", "The same, by the step that rejected them.", { output, step }),
    evicted: metrics.counter("fieldline_rejects_forgotten_total", "Entries of rejects that made room for newer ones.", {
      output,
    }),
    unknownWhen: metrics.counter("fieldline_when_unknown_total", "Points for which `when` could not be evaluated.", {
      output,
    }),
  };
}

export type OutputMetrics = ReturnType<typeof outputMetrics>;

/** Has the journal's own numbers shown. */
export function journalMetrics(metrics: Metrics, journal: Journal): void {
  const gauges: [string, string, () => number][] = [
    ["fieldline_journal_bytes", "Bytes of the journal on disk.", () => journal.stats.bytes],
    ["fieldline_journal_segments", "Segments of the journal.", () => journal.stats.segments],
    ["fieldline_journal_full", "1 while the journal holds senders back.", () => (journal.stats.full ? 1 : 0)],
    ["fieldline_journal_end", "The offset after the last durable entry.", () => journal.end],
    [
      "fieldline_journal_write_amplification",
      "Bytes written to segments for each payload byte appended since the start.",
      () => amplification(journal.stats),
    ],
  ];
  for (const [name, help, read] of gauges) metrics.gauge(name, help, read);
  metrics.counted("fieldline_journal_syncs_total", "Syncs of the journal.", () => journal.stats.syncs);
  metrics.counted(
    "fieldline_journal_written_bytes_total",
    "Bytes written to segments, headers and all.",
    () => journal.stats.writtenBytes,
  );
  metrics.counted(
    "fieldline_journal_appended_bytes_total",
    "Payload bytes appended to the journal.",
    () => journal.stats.appendedBytes,
  );
}

function amplification({ writtenBytes, appendedBytes }: JournalStats): number {
  return appendedBytes === 0 ? 0 : writtenBytes / appendedBytes;
}
