import { type Command, Option } from "commander";
import { answererText } from "./answerer-text.ts";
import { flashByTool } from "./flash-by-tool.ts";
import { FLASHABLE, readProgram, shippedHex } from "./firmware-file.ts";
import { progressBar } from "./progress-bar.ts";
import { askForYes } from "./question.ts";
import { RequestError } from "./request-error.ts";
import { onSignals } from "./signals.ts";
import { writeOut } from "./stdout.ts";

interface FlashOptions {
  readonly port?: string;
  readonly hex?: string;
  readonly yes?: boolean;
  readonly board: keyof typeof FLASHABLE;
}

/** `fieldline flash`: puts the firmware on a board. */
export function addFlash(program: Command): void {
  program
    .command("flash")
    .description("put Fieldline's firmware on a board; asks before it overwrites another program")
    .option("--port <port>", "the board's port, such as /dev/ttyACM0; needed when several are there")
    .option("--hex <file>", "a program of your own, as Intel HEX, in place of Fieldline's")
    .option("--yes", "overwrite whatever is on the board without asking")
    .addOption(new Option("--board <board>", "which board it is").choices(Object.keys(FLASHABLE)).default("uno"))
    .action(flash);
}

async function flash(options: FlashOptions): Promise<void> {
  const end = new AbortController();
  const release = onSignals({ stop: () => end.abort(new Error("stopped")) });
  try {
    await flashBoard(options, end.signal);
  } finally {
    release();
  }
}

async function flashBoard(options: FlashOptions, signal: AbortSignal): Promise<void> {
  const { board } = options;
  const { firmware } = FLASHABLE[board];
  const what = await readProgram(options.hex ?? shippedHex(firmware), FLASHABLE[board]);
  const port = options.port ?? (await onlyPort());
  const yes = options.yes ?? false;
  if (board === "mega" || board === "leonardo") {
    const { findTool } = await import("../flash/index.ts");
    const tool = findTool(board);
    if (!yes) await askToOverwrite(`what the ${board} on ${port} holds cannot be read`, signal);
    await flashByTool(tool, board, port, what.file, signal);
  } else {
    if (!yes) await mayOverwrite(port, signal);
    process.stderr.write(`${port}: ${what.bytes.length} bytes of ${what.file}\n`);
    const { flashProgram } = await import("../flash/index.ts");
    const progress = progressBar({ write: "writing", verify: "verifying" });
    const { name, stopsWatchdog } = await flashProgram(port, what.bytes, progress.show, signal).finally(progress.end);
    if (!stopsWatchdog) process.stderr.write(watchdogNote(name));
  }
  if (what.program.kind !== "ours") process.stderr.write("the program is on the board\n");
  // A Leonardo's port goes and comes again, perhaps under another name.
  else if (board === "leonardo") process.stderr.write(`ask it what it is: fieldline boards --port ${port}\n`);
  else await greet(port, signal);
}

async function onlyPort(): Promise<string> {
  const [{ choosePort, NoSinglePort }, { listPorts }] = await Promise.all([
    import("../flash/index.ts"),
    import("../serial/index.ts"),
  ]);
  const ports = await listPorts();
  try {
    return choosePort(ports);
  } catch (error) {
    throw error instanceof NoSinglePort ? new RequestError(error.message) : error;
  }
}

/** Looks what is on the board, and asks when it is somebody else's. */
async function mayOverwrite(port: string, signal: AbortSignal): Promise<void> {
  const { programOn } = await import("../flash/index.ts");
  const found = await programOn(port, signal);
  if (found.kind === "ours") process.stderr.write(`${port} has Fieldline's firmware ${found.firmware}\n`);
  if (found.kind === "other") await askToOverwrite(`the board on ${port} holds another program`, signal);
}

async function askToOverwrite(why: string, signal: AbortSignal): Promise<void> {
  await askForYes(`${why}. Overwrite it?`, `${why}: say --yes to overwrite it`, signal);
}

/** Says which board it is now, by its banner. */
async function greet(port: string, signal: AbortSignal): Promise<void> {
  const { askPort, FlashError, SKETCH_BAUD } = await import("../flash/index.ts");
  const answerer = await askPort(port, SKETCH_BAUD, signal);
  if (answerer.kind !== "board")
    throw new FlashError(
      `the firmware is written and verified, but on ${port} there is ${answererText(answerer)}: press the board's ` +
        `reset button and ask again with fieldline boards --port ${port}`,
    );
  writeOut(() => {})(`${port}: ${answererText(answerer)}\n`);
}

function watchdogNote(bootloader: string): string {
  return (
    `the board's bootloader (${bootloader}) is of the old kind that does not stop the watchdog: when that has bitten, because the ` +
    "firmware hangs, the board starts again only once its power was away; an Uno's bootloader cures that\n"
  );
}
