export interface SignalActions {
  readonly stop: () => void;
  readonly reload?: () => void;
}

/** npm and timeout(1) pass on a signal that the terminal has sent to every process already: two at once are one. */
const ONE_MS = 1_000;

/**
 * Stops cleanly on the first SIGTERM or SIGINT and at once on another one later; reloads on SIGHUP. Returns how to let
 * go.
 */
export function onSignals({ stop, reload }: SignalActions): () => void {
  let stoppedAt: number | undefined;
  const end = () => {
    const now = performance.now();
    if (stoppedAt !== undefined && now - stoppedAt > ONE_MS) process.exit(2);
    if (stoppedAt !== undefined) return;
    stoppedAt = now;
    stop();
  };
  const hangUp = () => reload?.();
  process.on("SIGTERM", end).on("SIGINT", end);
  if (reload !== undefined) process.on("SIGHUP", hangUp);
  return () => {
    process.off("SIGTERM", end).off("SIGINT", end).off("SIGHUP", hangUp);
  };
}
