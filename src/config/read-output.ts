import { compilePredicate } from "../model/index.ts";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import { fingerprint } from "./fingerprint.ts";
import { checkFrom } from "./ids.ts";
import type { PlannedOutput, PlannedProcessor } from "./plan.ts";
import { momentOf } from "./moment.ts";
import { readItem, type Reading } from "./read-item.ts";
import { readProcessors } from "./read-processors.ts";
import { type OutputSettings, START } from "./settings.ts";
import { childOf, type Tree } from "./tree.ts";

/**
 * Reads what stands under an output's id; undefined, with diagnostics, when it is not right.
 * @param shared the processors that come before its own
 */
export async function readOutput(
  id: string,
  tree: Tree,
  owner: Position,
  shared: readonly PlannedProcessor[],
  reading: Reading,
): Promise<PlannedOutput | undefined> {
  const { findings } = reading;
  checkFrom(tree, reading.inputIds, findings);
  checkWhen(tree, findings);
  const start = readStart(tree, findings);
  const taken = new Set(shared.map((processor) => processor.id));
  const processors = await readProcessors(childOf(tree, "processors"), reading, taken, `${id}.`);
  const item = await readItem("output", tree, owner, reading, ["processors"]);
  if (item === undefined || start === undefined) return undefined;
  const { plugin, identity, settings } = item;
  const { start: _start, required, ...common } = item.common as OutputSettings;
  const { from, when, batch, backlog, limits } = common;
  return {
    id,
    plugin,
    settings,
    ...(from === undefined ? {} : { from }),
    ...(when === undefined ? {} : { when }),
    processors,
    batch: {
      maxPoints: batch.max_points,
      maxBytes: batch.max_bytes,
      maxWaitMs: batch.max_wait,
      inFlight: batch.in_flight,
    },
    start,
    backlog,
    limits: {
      ...(limits.catch_up_rate === undefined ? {} : { catchUpRate: limits.catch_up_rate }),
      ...(limits.bytes_per_day === undefined ? {} : { bytesPerDay: limits.bytes_per_day }),
    },
    required,
    fingerprint: fingerprint([
      identity,
      plugin.name,
      common,
      settings,
      processors.map((each) => [each.id, each.fingerprint]),
    ]),
  };
}

function checkWhen(tree: Tree, findings: Findings): void {
  const when = childOf(tree, "when");
  if (when?.kind !== "text" || when.broken === true) return;
  try {
    compilePredicate(when.text);
  } catch (error) {
    findings.error(when.at, "bad-expression", `when: ${(error as Error).message}`);
  }
}

/** `start` as a word or a moment; undefined, with a diagnostic, when it is neither. */
function readStart(tree: Tree, findings: Findings): PlannedOutput["start"] | undefined {
  const start = childOf(tree, "start");
  if (start?.kind !== "text" || start.text === "end") return "end";
  if (start.text === "beginning") return "beginning";
  const moment = momentOf(start.text);
  if (moment === undefined && start.broken !== true) {
    findings.error(start.at, "bad-text", `start: expected ${START.expected}, found ${JSON.stringify(start.text)}`);
  }
  return moment;
}
