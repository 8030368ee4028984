import { setTimeout as sleep } from "node:timers/promises";
import type { Plan, PlannedInput } from "../config/index.ts";
import { type Attributes, Clock, encodeLine, type Point, type Reading, timestampFromMillis } from "../model/index.ts";
import { INPUTS_ENDED, type LogRecord, type Reject, rejectOf } from "../pipeline/index.ts";
import type { Emit, InputContext, Log } from "../plugin/index.ts";
import { chainOf } from "./chain.ts";
import { create } from "./create.ts";
import { dataDirectory } from "./data-directory.ts";
import { superviseInput } from "./input-supervisor.ts";
import { agentLines, askAgent } from "./socket.ts";
import { fromLine } from "./tap.ts";

/** How often windows are told the time, which nobody writes into a journal here. */
const TICK_EVERY_MS = 1_000;

export interface TryOptions {
  /** How long to listen; without it until the inputs end or the signal aborts. */
  readonly forMs?: number | undefined;
  readonly log: Log;
  /** Points in line protocol, each line with its line feed. */
  readonly onLines: (lines: string) => void;
  readonly onRejects: (rejects: readonly Reject[]) => void;
}

/**
 * Inputs, decoders and processors of a plan, without journal, outputs or acknowledgements. Beside an agent that runs
 * on the same data directory it listens in on that agent's inputs instead of opening their ports.
 */
export async function tryPlan(plan: Plan, options: TryOptions, signal: AbortSignal): Promise<void> {
  const end = new AbortController();
  const stop = () => end.abort();
  signal.addEventListener("abort", stop);
  if (options.forMs !== undefined) void sleep(options.forMs, undefined, { signal: end.signal }).then(stop, stop);
  const chain = chainOf(plan, { processors: [] }, () => undefined);
  const show = (records: readonly LogRecord[]) => {
    const { points, rejects } = chain.run(records);
    const failed = [...rejects];
    const lines = points.map((point) => lineOf(point, records, failed)).join("");
    if (failed.length > 0) options.onRejects(failed);
    if (lines !== "") options.onLines(lines);
  };
  const tick = (attributes?: Attributes) =>
    show([{ kind: "tick", offset: 0, time: timestampFromMillis(Date.now()), attributes }]);
  const ticking = chain.timed ? setInterval(tick, TICK_EVERY_MS) : undefined;
  const { socket } = dataDirectory(plan.agent.dataDir);
  const running = await askAgent(socket, { command: "hello" });
  const heard = new Set(running === undefined ? [] : (running["inputs"] as readonly string[]));
  const own = plan.inputs.filter(({ id }) => !heard.has(id));
  if (running !== undefined) options.log.info({ agent: running["name"] }, "listening in on the running agent");
  try {
    await Promise.all([
      ...own.map((input) => observe(input, options.log, show, end.signal)),
      ...(own.length < plan.inputs.length ? [listenIn(socket, plan, options.log, show, end.signal)] : []),
    ]);
    if (!end.signal.aborted) tick(INPUTS_ENDED);
  } finally {
    clearInterval(ticking);
    stop();
    signal.removeEventListener("abort", stop);
  }
}

/** A point as its line; a point that has none is a reject. */
function lineOf(point: Point, records: readonly LogRecord[], failed: Reject[]): string {
  try {
    return `${encodeLine(point)}\n`;
  } catch (error) {
    const record = records.find(({ offset }) => offset === point.offset);
    failed.push(rejectOf(record, "encode", error instanceof Error ? error.message : String(error)));
    return "";
  }
}

async function listenIn(
  socket: string,
  plan: Plan,
  log: Log,
  show: (readings: readonly Reading[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = new Set(plan.inputs.map(({ id }) => id));
  for await (const line of agentLines(socket, { command: "tap" }, signal)) {
    if (!("payload" in line)) continue;
    const reading = fromLine(line);
    if (known.has(reading.input)) show([reading]);
  }
  if (!signal.aborted) log.warn({}, "the running agent has stopped: its inputs are not heard any more; try again");
}

function observe(
  { id, plugin, settings }: PlannedInput,
  log: Log,
  show: (readings: readonly Reading[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const clock = new Clock();
  let offset = 0;
  const emit: Emit = async (arrivals) => {
    show(arrivals.map((arrival) => ({ ...arrival, input: id, offset: offset++ })));
  };
  const context: InputContext = {
    id,
    log,
    takeTime: (bytes) => clock.take(bytes),
    observing: true,
    recent: () => [],
    memory: { load: async () => undefined, save: async () => undefined },
    report: (state, detail) => {
      if (state === "down") log.warn({ input: id }, detail ?? "not connected");
      else log.info({ input: id }, detail ?? "connected");
    },
    count: () => undefined,
  };
  const input = create(`input ${id}`, () => plugin.create(settings as never, context), ["run"]);
  const onFailure = (reason: string) => log.error({ input: id }, `${reason}; trying again`);
  return superviseInput({ run: () => input.run(emit, signal), onFailure }, signal);
}
