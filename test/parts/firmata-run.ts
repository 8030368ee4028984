import { FirmataInput } from "../../plugins/inputs/firmata/firmata-input.ts";
import { type FirmataSettings, settings } from "../../plugins/inputs/firmata/settings.ts";
import { group, validate } from "../../src/plugin/index.ts";
import { removeAfterEach } from "./cleanup.ts";
import { type FirmataPeer, startFirmataPeer } from "./firmata-peer.ts";
import { type InputRun, runInput } from "./input-run.ts";
import { until } from "./program.ts";

export const TIMES = { ready: 800, ask: 200, silence: 1_000 };

/** Two sensors of most tests. */
export const SOIL = { name: "soil", pin: "A0" };
export const DOOR = { name: "door", class: "Button", pin: "2" };

/** Reads settings written as in the file. @throws Error with all problems */
export function firmataSettings(tree: object): FirmataSettings {
  const found = { value: undefined, ...validate(group(settings, "firmata"), tree) };
  if (found.value === undefined) throw new Error(JSON.stringify(found));
  return found.value;
}

/** What tests of a running input start; it ends after each test. */
export function firmataRuns() {
  const { keep, after } = removeAfterEach();
  return {
    /** Runs an input with settings written as in the file. */
    start: (tree: object, times = TIMES): InputRun => {
      const around = { watchMs: 50, firstRetryMs: 20, lastRetryMs: 80, times };
      const run = runInput((context) => new FirmataInput(firmataSettings(tree), context, around));
      after(run.stop);
      return run;
    },
    peerThat: async (behaviour?: FirmataPeer["behaviour"]) => keep(await startFirmataPeer(behaviour)),
    /** Does something now and then until it is stopped or the test ends, as a board reports. */
    repeat: (what: () => void): (() => void) => {
      const timer = setInterval(what, 10);
      const stop = () => clearInterval(timer);
      after(stop);
      return stop;
    },
  };
}

export async function asked(peer: FirmataPeer, what: string): Promise<void> {
  await until(`${what} to be asked for`, () => peer.asked.has(what));
}

export async function up(run: InputRun): Promise<void> {
  await until("the board to be up", () => run.reports.at(-1)?.startsWith("up") === true);
}

export async function down(run: InputRun, reason: string): Promise<void> {
  await until(reason, () => run.reports.some((report) => report.startsWith("down") && report.includes(reason)));
}
