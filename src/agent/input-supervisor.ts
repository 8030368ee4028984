import { Backoff } from "../pipeline/index.ts";
import type { Emit, Input } from "../plugin/index.ts";

/** A run of this length means that the source worked: the next failure starts from the shortest wait. */
const GOOD_RUN_MS = 60_000;

export interface SupervisedInput {
  readonly input: Input;
  readonly emit: Emit;
  readonly onFailure: (error: Error) => void;
}

/** Runs an input until its source ends or the signal aborts; after a failure it backs off and runs it again. */
export async function superviseInput({ input, emit, onFailure }: SupervisedInput, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff();
  while (!signal.aborted) {
    const started = performance.now();
    try {
      await input.run(emit, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
    if (performance.now() - started > GOOD_RUN_MS) backoff.reset();
    await backoff.wait(signal).catch(() => undefined);
  }
}
