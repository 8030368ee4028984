import { join } from "node:path";
import { type Program, type ProgramOptions, startProgram } from "../harness/program.ts";
import type { NullSinkSettings, SinkCounts, SinkRequest } from "../programs/null-sink.ts";

/** An HTTP store on loopback that takes all and counts. */
export interface Sink extends Program {
  readonly port: number;
  readonly counts: () => Promise<SinkCounts>;
  /** Resolves when so many points have come since its start. @throws Error when none comes for half a minute */
  readonly points: (points: number) => Promise<SinkCounts>;
}

const FILE = join(import.meta.dirname, "../programs/null-sink.ts");

export async function startSink(settings: NullSinkSettings, options: ProgramOptions): Promise<Sink> {
  const program = await startProgram(FILE, [JSON.stringify(settings)], options);
  return {
    ...program,
    ...(program.ready as { readonly port: number }),
    counts: () => program.ask<SinkCounts>({ count: true } satisfies SinkRequest),
    points: (points) => program.ask<SinkCounts>({ points } satisfies SinkRequest),
  };
}
