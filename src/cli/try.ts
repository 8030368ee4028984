import type { Command } from "commander";
import { loadOrExplain } from "./load.ts";
import { type ConfigOptions, type LogOptions, openLog, withConfig, withLog } from "./options.ts";
import { RequestError } from "./request-error.ts";
import { onSignals } from "./signals.ts";
import { writeOut } from "./stdout.ts";

interface TryCommandOptions extends ConfigOptions, LogOptions {
  readonly for?: string;
}

/** `fieldline try`: what the configuration makes of what comes in, on stdout. */
export function addTry(program: Command): void {
  const command = program
    .command("try")
    .description("show the points in line protocol on stdout; deliver, journal and acknowledge nothing")
    .option("--for <duration>", "end after so long, such as 10s");
  withLog(withConfig(command)).action(tryOut);
}

async function tryOut(options: TryCommandOptions): Promise<void> {
  const forMs = await durationOf(options.for);
  const plan = await loadOrExplain(options.config);
  if (plan === undefined) {
    process.exitCode = 1;
    return;
  }
  const log = await openLog(options);
  const { tryPlan } = await import("../agent/index.ts");
  const end = new AbortController();
  const release = onSignals({ stop: () => end.abort() });
  const print = writeOut(() => end.abort());
  try {
    await tryPlan(
      plan,
      {
        forMs,
        log,
        onLines: print,
        onRejects: (rejects) => {
          for (const { reason, ...where } of rejects) log.warn(where, `rejected: ${reason}`);
        },
      },
      end.signal,
    );
  } finally {
    release();
  }
}

/** Milliseconds; undefined where there is no duration. @throws RequestError for a text that is none */
async function durationOf(text: string | undefined): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const { parseDuration } = await import("../config/index.ts");
  const ms = parseDuration(text);
  if (ms === undefined) throw new RequestError(`--for ${text} is no duration: write it as 500ms, 10s or 2m`);
  return ms;
}
