export interface SignalActions {
  readonly stop: () => void;
  readonly reload?: () => void;
}

/** Stops cleanly on the first SIGTERM or SIGINT and at once on the second; reloads on SIGHUP. Returns how to let go. */
export function onSignals({ stop, reload }: SignalActions): () => void {
  let stopping = false;
  const end = () => {
    if (stopping) process.exit(2);
    stopping = true;
    stop();
  };
  const hangUp = () => reload?.();
  process.on("SIGTERM", end).on("SIGINT", end);
  if (reload !== undefined) process.on("SIGHUP", hangUp);
  return () => {
    process.off("SIGTERM", end).off("SIGINT", end).off("SIGHUP", hangUp);
  };
}
