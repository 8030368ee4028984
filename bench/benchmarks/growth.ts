import { answerOf } from "../harness/answer-of.ts";
import type { Benchmark, Result, RunOptions, Target } from "../harness/benchmark.ts";
import { compare, interleaveAll } from "../harness/interleave.ts";
import { type Amounts, type Grown, measureGrown, type Numbers } from "../parts/growing.ts";
import type { ChainStepsSettings } from "../programs/chain-steps.ts";

/** One of each, and what grows beside it. */
const ONE: Numbers = { topics: 1, series: 1, inputs: 1 };
const GROWN: Readonly<Record<"short" | "long", Readonly<Record<string, Partial<Numbers>>>>> = {
  short: {
    "10,000 topics": { topics: 10_000 },
    "50,000 series": { series: 50_000 },
  },
  long: {
    "100 topics": { topics: 100 },
    "10,000 topics": { topics: 10_000 },
    "100,000 topics": { topics: 100_000 },
    "1,000 series": { series: 1_000 },
    "1,000,000 series": { series: 1_000_000 },
    "10 inputs": { inputs: 10 },
    "50 inputs": { inputs: 50 },
  },
};
const AMOUNTS: Readonly<Record<"short" | "long", Amounts>> = {
  short: { warmUp: 50_000, counted: 60_000 },
  long: { warmUp: 200_000, counted: 300_000 },
};
const STEPS = { few: 1, many: 20 };
const STEP_POINTS = { short: 300_000, long: 2_000_000 };

/**
 * The whole agent, in the first rows: 60,000 messages a second by MQTT QoS 0 through the journal on disk to one output,
 * all of one round against the first of that round. Each topic and each series has come once before it counts. Memory
 * is the median of VmRSS while messages come. The steps are measured alone (bench/programs/chain-steps.ts): what each
 * adds to a point without any. The short form is one round of one input, in which memory is only stated.
 */
export default {
  name: "growth",
  summary:
    "Cost per message as topics, series and inputs grow, per point and step as processors do, and memory as series do; each against the first of its row.",
  limit:
    "A message on one of 100,000 topics finds its topic, its source in the segment and its tags in three tables that no cache of the processor holds: each costs a miss or two. Larger tables (131,072 and 262,144 places) brought it from 1.94 to 1.7 x. Fifty inputs are fifty connections: each chunk of a socket holds a fiftieth of the messages, and so does each group that goes into the journal. These rows were taken while the machine had other work.",
  run: async (options) => {
    const form = options.short ? "short" : "long";
    const limited = { ...options, rounds: options.short ? 1 : options.rounds };
    return [...(await measureMessages(form, limited)), await measureSteps(form, limited)];
  },
} satisfies Benchmark;

async function measureMessages(form: "short" | "long", options: RunOptions): Promise<Result[]> {
  const mostSeries = Math.max(...Object.values(GROWN[form]).map(({ series = 0 }) => series));
  const run = (grown: Partial<Numbers>) => () => {
    const numbers = { ...ONE, ...grown };
    // Memory takes its time: those whose memory is compared have as many messages.
    const most = grown.series === undefined ? numbers.topics : mostSeries;
    const amounts = {
      warmUp: Math.max(AMOUNTS[form].warmUp, most),
      counted: Math.max(AMOUNTS[form].counted, most),
    };
    return measureGrown(numbers, amounts, options.signal);
  };
  const names = Object.keys(GROWN[form]);
  const runs = Object.entries(GROWN[form]).map(([name, grown]) => [name, run(grown)] as const);
  const measured = await interleaveAll<string, Grown>(options, { first: run({}), ...Object.fromEntries(runs) });

  const against = (name: string, other: string, figure: keyof Grown) =>
    compare(
      (measured[name] ?? []).map((grown) => grown[figure]),
      (measured[other] ?? []).map((grown) => grown[figure]),
    );
  const cost = (name: string): Result => {
    const { ours, floor, ratio } = against(name, "first", "cost");
    const target: Target = { atMost: 1.3 };
    return {
      what: `${name}: CPU per message`,
      unit: "us",
      ours,
      floor: { what: "1 of each", value: floor },
      ratio,
      target,
    };
  };
  const [few = "first", many = ""] = ["first", ...names.filter((name) => name.endsWith("series"))].slice(-2);
  const { ours, floor, ratio } = against(many, few, "memory");
  return [
    ...names.map(cost),
    {
      what: `${many}: resident memory`,
      unit: "MiB",
      ours,
      floor: { what: few === "first" ? "1 series" : few, value: floor },
      ratio,
      // In a few seconds all of it grows.
      target: form === "short" ? undefined : { atMost: 1.1 },
    },
  ];
}

async function measureSteps(form: "short" | "long", options: RunOptions): Promise<Result> {
  const run = (steps: number) => async () => {
    const settings: ChainStepsSettings = { steps, points: STEP_POINTS[form] };
    return (await answerOf<{ readonly nanoseconds: number }>("chain-steps.ts", [JSON.stringify(settings)], options))
      .nanoseconds;
  };
  const { none, few, many } = await interleaveAll(options, {
    none: run(0),
    few: run(STEPS.few),
    many: run(STEPS.many),
  });
  const perStep = (measured: readonly number[], steps: number) =>
    measured.map((value, round) => (value - (none[round] ?? Number.NaN)) / steps);
  const { ours, floor, ratio } = compare(perStep(many, STEPS.many), perStep(few, STEPS.few));
  return {
    what: `${STEPS.many} processors: CPU per point and step`,
    unit: "ns",
    ours,
    floor: { what: `${STEPS.few} processor`, value: floor },
    ratio,
    target: { atMost: 1.1 },
  };
}
