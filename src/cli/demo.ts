import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import type { AgentSummary } from "../agent/index.ts";
import type { Logger } from "../observe/index.ts";
import { shippedHex } from "./firmware-file.ts";
import { type LogOptions, openLog, withLog } from "./options.ts";
import { packageFile } from "./package-file.ts";
import { onSignals } from "./signals.ts";

const SUMMARY_EVERY_MS = 5_000;

/** `fieldline demo`: the agent with a broker, a barbecue and a simulated board of its own. */
export function addDemo(program: Command): void {
  const command = program
    .command("demo")
    .description("run configs/barbecue.yaml with a broker, a barbecue and a simulated Arduino of its own");
  withLog(command).action(demo);
}

async function demo(options: LogOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-demo-"));
  try {
    await runDemo(folder, await openLog(options));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runDemo(folder: string, log: Logger): Promise<void> {
  const { heatFirebox, publishBarbecue, startBroker, startPseudoTerminal, startTcpDevice, Uno } =
    await import("../demo/index.ts");
  const { startAgent } = await import("../agent/index.ts");
  const board = new Uno(await readFile(shippedHex("uno"), "utf8"));
  const broker = await startBroker();
  const device = (await startPseudoTerminal(board, join(folder, "ttyFIREBOX"))) ?? (await startTcpDevice(board));
  const end = new AbortController();
  const stopped = new Promise<void>((resolve) => end.signal.addEventListener("abort", () => resolve()));
  const release = onSignals({ stop: () => end.abort() });
  // Until the agent has stopped, which tells the board what it need not hold any longer.
  const power = new AbortController();
  const running = board.run(power.signal);
  try {
    const agent = await startAgent(await barbecuePlan(folder, broker.url, device.port), log);
    const sources = [publishBarbecue(broker.url, end.signal), heatFirebox(board, end.signal)];
    const summaries = setInterval(() => say(summaryLine(agent.summary)), SUMMARY_EVERY_MS);
    say(`a broker at ${broker.url}, an Arduino at ${device.port}; points follow on stdout, Ctrl-C ends it`);
    await Promise.race([stopped, agent.ended()]);
    end.abort();
    clearInterval(summaries);
    await Promise.all(sources);
    await agent.stop();
    say(`stopped: ${summaryLine(agent.summary)}`);
  } finally {
    release();
    power.abort();
    await running;
    await device.close();
    await broker.close();
  }
}

/** configs/barbecue.yaml with the demonstration's own broker, board and data directory. */
async function barbecuePlan(folder: string, brokerUrl: string, port: string) {
  const { formatDiagnostic, loadPlan } = await import("../config/index.ts");
  const file = packageFile("configs/barbecue.yaml");
  const environment = { ...process.env, BROKER_URL: brokerUrl, FIREBOX_PORT: port };
  const { plan, diagnostics } = await loadPlan(file, { environment });
  if (plan === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return { ...plan, agent: { ...plan.agent, dataDir: join(folder, "data"), http: false as const } };
}

function summaryLine({ readings, journalBytes, outputs }: AgentSummary): string {
  const points = outputs.map(({ delivered }) => delivered).reduce((sum, some) => sum + some, 0);
  const delivered = outputs.map(
    ({ id, delivered: taken, rejected }) => `${id} ${taken} delivered, ${rejected} rejected`,
  );
  return `${readings} readings, ${points} points, journal ${Math.ceil(journalBytes / 1024)} KiB, ${delivered.join("; ")}`;
}

function say(line: string): void {
  process.stderr.write(`# ${line}\n`);
}
