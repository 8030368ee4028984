/** What has to be stopped when the work on it is done. */
export interface Stoppable {
  stop(): Promise<unknown>;
}

/** Waits for something that starts, and has it stopped at the end. */
export type Keep = <Part extends Stoppable>(starting: Promise<Part>) => Promise<Part>;

/** Does work with programs, and stops them at its end in reverse order, also when it fails. */
export async function onStage<Figures>(work: (keep: Keep) => Promise<Figures>): Promise<Figures> {
  const kept: Stoppable[] = [];
  try {
    return await work(async (starting) => {
      const part = await starting;
      kept.push(part);
      return part;
    });
  } finally {
    for (const part of kept.toReversed()) await part.stop();
  }
}
