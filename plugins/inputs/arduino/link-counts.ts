/** What happened on the way from a board, since the agent started. */
export interface LinkCounts {
  groups: number;
  /** Readings that the board sent or held and that never came whole. */
  lost: number;
  /** Runs of bytes whose checksum was wrong. */
  damaged: number;
  /** Resets of the board. */
  restarts: number;
  /** Times that a sensor had no value. */
  failures: number;
}

export function noCounts(): LinkCounts {
  return { groups: 0, lost: 0, damaged: 0, restarts: 0, failures: 0 };
}

/** Counts and the clock's fit as a line of line protocol. */
export function linkLine(board: string, counts: LinkCounts, driftPpm: number, jitterMs: number): string {
  const fields = Object.entries(counts).map(([name, count]) => `${name}=${count}i`);
  return `fieldline_link,board=${board} ${fields.join(",")},drift_ppm=${driftPpm.toFixed(1)},jitter_ms=${jitterMs.toFixed(3)}`;
}
