import { Backoff } from "../pipeline/index.ts";
import { reasonOf } from "../plugin/index.ts";

/** A run of this length means that the source worked: the next failure starts from the shortest wait. */
const GOOD_RUN_MS = 60_000;

export interface SupervisedInput {
  readonly run: () => Promise<void>;
  readonly onFailure: (reason: string) => void;
}

/** Runs an input until its source ends or the signal aborts; after a failure it backs off and runs it again. */
export async function superviseInput({ run, onFailure }: SupervisedInput, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff();
  while (!signal.aborted) {
    const started = performance.now();
    try {
      await run();
      return;
    } catch (error) {
      if (signal.aborted) return;
      onFailure(reasonOf(error));
    }
    if (performance.now() - started > GOOD_RUN_MS) backoff.reset();
    await backoff.wait(signal).catch(() => undefined);
  }
}
