import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { SeenBoard } from "../board/index.ts";
import type { PortReport } from "../flash/index.ts";
import { answererText } from "./answerer-text.ts";
import { RequestError } from "./request-error.ts";
import { onSignals } from "./signals.ts";
import { writeOut } from "./stdout.ts";

interface BoardsOptions {
  readonly config?: string;
  readonly port?: readonly string[];
  readonly json?: boolean;
}

const CONFIG = "fieldline.yaml";

/** `fieldline boards`: the ports, and what answers on those that may be opened. */
export function addBoards(program: Command): void {
  program
    .command("boards")
    .description("list the serial ports and what answers on them; opening one resets the board, so only known ones are")
    .option("--port <port...>", "open these ports alone, whatever is there; a path or tcp://host:port")
    .option("-c, --config <file>", `whose agent knows boards (default: ${CONFIG} where there is one)`)
    .option("--json", "print the ports as a JSON array")
    .action(boards);
}

async function boards(options: BoardsOptions): Promise<void> {
  const [{ listPorts }, { reportPort }] = await Promise.all([
    import("../serial/index.ts"),
    import("../flash/index.ts"),
  ]);
  const end = new AbortController();
  const release = onSignals({ stop: () => end.abort(new Error("stopped")) });
  try {
    const there = await listPorts();
    const named = options.port?.map((path) => there.find((port) => port.path === path) ?? { path, usb: undefined });
    const seen = await seenBoards(options.config);
    // Each takes some seconds at most, and they do not disturb each other.
    const reports = await Promise.all(
      (named ?? there).map((port) => reportPort(port, seen, named !== undefined, end.signal)),
    );
    await print(reports, options.json ?? false);
    if (options.port !== undefined && reports.some(({ kind }) => kind === "failed")) process.exitCode = 2;
  } finally {
    release();
  }
}

/** The boards that the agent of a configuration has met. */
async function seenBoards(config: string | undefined): Promise<SeenBoard[]> {
  if (config === undefined && !existsSync(CONFIG)) return [];
  const [{ formatDiagnostic, loadPlan }, { inputMemories }, { seenBoardsIn }] = await Promise.all([
    import("../config/index.ts"),
    import("../agent/index.ts"),
    import("../board/index.ts"),
  ]);
  const { plan, diagnostics } = await loadPlan(config ?? CONFIG);
  if (plan !== undefined) return (await inputMemories(plan.agent.dataDir)).flatMap(seenBoardsIn);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  if (config !== undefined) throw new RequestError(`${config} does not say whose boards are known`);
  return [];
}

async function print(reports: readonly PortReport[], json: boolean): Promise<void> {
  const { describePort } = await import("../flash/index.ts");
  const out = writeOut(() => {});
  if (json) out(`${JSON.stringify(reports.map(jsonOf), null, 2)}\n`);
  else for (const report of reports) out(`${describePort(report)}: ${textOf(report)}\n`);
  if (reports.length === 0) process.stderr.write("no USB serial port is there; name another one with --port\n");
}

function jsonOf({ path, usb, ...report }: PortReport): object {
  return {
    port: path,
    usb: usb === undefined ? null : { vendor: usb.vendor, product: usb.product, serial: usb.serial },
    ...report,
  };
}

function textOf(report: PortReport): string {
  if (report.kind === "failed") return report.reason;
  if (report.kind === "not asked")
    return `not opened, since that resets a board; ask it with fieldline boards --port ${report.path}`;
  return answererText(report);
}
