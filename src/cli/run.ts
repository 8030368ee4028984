import { flushCompileCache } from "node:module";
import type { Command } from "commander";
import type { Agent } from "../agent/index.ts";
import { loadOrExplain } from "./load.ts";
import { type ConfigOptions, type LogOptions, openLog, withConfig, withLog } from "./options.ts";
import { onSignals } from "./signals.ts";

/** `fieldline run`: the daemon, in the foreground. */
export function addRun(program: Command): void {
  const command = program
    .command("run")
    .description("run the agent; SIGTERM and SIGINT stop it cleanly, SIGHUP reloads");
  withLog(withConfig(command)).action(run);
}

/** By then what was printed has been taken. */
const LEFTOVERS_MS = 1_000;
/** By then all that a start needs is compiled. Node itself would write it at the end, which an agent may not come to. */
const COMPILED_MS = 10_000;

async function run(options: ConfigOptions & LogOptions): Promise<void> {
  const plan = await loadOrExplain(options.config);
  if (plan === undefined) {
    process.exitCode = 1;
    return;
  }
  const log = await openLog(options);
  const { catchStrays, Daemon, Systemd } = await import("../agent/index.ts");
  const systemd = Systemd.take(process.env, log);
  let { stopTimeoutMs } = plan.agent;
  let agent: Agent | undefined;
  catchStrays({ log, count: () => agent?.countStray(), die: () => process.exit(2) });
  const daemon = new Daemon({
    log,
    load: () => loadOrExplain(options.config),
    onRun({ agent: { name, dataDir, stopTimeoutMs: most }, inputs, outputs }, running) {
      log.info({ inputs: inputs.length, outputs: outputs.length, data_dir: dataDir }, `${name} runs`);
      stopTimeoutMs = most;
      agent = running;
      systemd?.running(running);
    },
    onReload: () => systemd?.reloading(),
    onRefused: () => systemd?.goesOn(),
  });
  const stop = () => {
    systemd?.stopping(stopTimeoutMs);
    daemon.stop();
  };
  const release = onSignals({ stop, reload: () => daemon.reload() });
  setTimeout(flushCompileCache, COMPILED_MS).unref();
  try {
    await daemon.run(plan);
    log.info({}, "stopped");
  } finally {
    release();
    systemd?.close();
    // What a plugin has left behind, such as a timer, keeps no process alive.
    setTimeout(() => process.exit(), LEFTOVERS_MS).unref();
  }
}
