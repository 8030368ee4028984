import { setTimeout as sleep } from "node:timers/promises";
import type { Plan, PlannedInput } from "../config/index.ts";
import { Clock, encodeLine, type Reading } from "../model/index.ts";
import type { Reject } from "../pipeline/index.ts";
import type { Emit, InputContext, Log } from "../plugin/index.ts";
import { chainOf } from "./chain.ts";
import { dataDirectory } from "./data-directory.ts";
import { superviseInput } from "./input-supervisor.ts";
import { askAgent, requestLines } from "./socket.ts";
import { fromLine } from "./tap.ts";

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
  const show = (readings: readonly Reading[]) => {
    const { points, rejects } = chain.run(readings);
    if (rejects.length > 0) options.onRejects(rejects);
    if (points.length > 0) options.onLines(points.map((point) => `${encodeLine(point)}\n`).join(""));
  };
  const { socket } = dataDirectory(plan.agent.dataDir);
  const running = await askAgent(socket, { command: "hello" });
  const heard = new Set(running === undefined ? [] : (running["inputs"] as readonly string[]));
  const own = plan.inputs.filter(({ id }) => !heard.has(id));
  if (running !== undefined) options.log.info({ agent: running["name"] }, "listening in on the running agent");
  try {
    await Promise.all([
      ...own.map((input) => observe(input, options.log, show, end.signal)),
      ...(own.length < plan.inputs.length ? [listenIn(socket, plan, show, end.signal)] : []),
    ]);
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
  }
}

async function listenIn(
  socket: string,
  plan: Plan,
  show: (readings: readonly Reading[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = new Set(plan.inputs.map(({ id }) => id));
  for await (const line of requestLines(socket, { command: "tap" }, signal)) {
    if (!("payload" in line)) continue;
    const reading = fromLine(line);
    if (known.has(reading.input)) show([reading]);
  }
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
  const onFailure = (error: Error) => log.error({ input: id }, `${error.message}; trying again`);
  return superviseInput({ id, input: plugin.create(settings as never, context), emit, log, onFailure }, signal);
}
