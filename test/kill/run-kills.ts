import { setTimeout as sleep } from "node:timers/promises";
import { type HttpSink, refusing, startHttpSink } from "../parts/http-sink.ts";
import { type Influxd, startInfluxd } from "../parts/influxd.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { accountOf, type BrokerAccount } from "./broker-account.ts";
import { FAILURES, planRounds, randomFrom, type Round } from "./faults.ts";
import { type KilledAgent, startKilledAgent } from "./killed-agent.ts";
import { startPublishers } from "./publishers.ts";

/** How long a step may take before the run has failed: on a loaded machine everything is slow. */
const STEP_MS = 60_000;

export interface KillOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Messages a second, all publishers together. */
  readonly rate: number;
  /** Each kill is a power cut: what was not synced may be gone. */
  readonly powerLoss?: boolean;
  /** Ends the run early, cleaned up. */
  readonly signal: AbortSignal;
  /** Takes a line for each thing that is done. */
  readonly say: (line: string) => void;
}

/** What a run came to. Numbers are messages unless said otherwise. */
export interface KillReport {
  /** Numbered messages that the broker accepted. */
  readonly accepted: number;
  /** Those that neither the store nor its output's rejects have: the loss. */
  readonly missing: { readonly influx: readonly number[]; readonly sink: readonly number[] };
  readonly rejected: { readonly influx: number; readonly sink: number };
  /** By the broker's own count. */
  readonly droppedByBroker: number;
  readonly kills: { readonly agent: number; readonly influxd: number };
  /** Power cuts that took something which was written and not synced; undefined without power cuts. */
  readonly powerLosses?: number;
  readonly brokerRestarts: number;
  readonly reloads: number;
  /** Messages that the broker sent to the agent again. */
  readonly redeliveries: number;
  /** Messages that a publisher sent to the broker again. */
  readonly repeats: number;
  /** Points beyond one a number: influxd overwrites a point that comes again, the sink keeps each line. */
  readonly duplicates: { readonly influx: number; readonly sink: number };
  /** Of the agent's last end, with SIGTERM. */
  readonly exitStatus: number | null;
}

/**
 * One in 197 is refused by the sink, one in 199 is no number: both belong into the rejects.
 * An output keeps 10,000 rejects, so these are few enough for the longest run.
 */
const sinkRefuses = (number: number) => number % 197 === 13;
const payloadOf = (number: number) => (number % 199 === 7 ? `no number ${number}` : String(number));

interface Stage {
  readonly options: KillOptions;
  readonly influxd: Influxd;
  readonly sink: HttpSink;
  readonly account: BrokerAccount;
  readonly agent: KilledAgent;
  readonly done: { influxdKills: number; brokerRestarts: number; reloads: number };
}

/**
 * Kills the agent and its surroundings while messages flow, lets all come to rest, and counts.
 * Removes all that it started, also when it fails.
 * @throws Error when a part does not come back, or the signal's reason
 */
export async function runKills(options: KillOptions): Promise<KillReport> {
  await using parts = new AsyncDisposableStack();
  const keep = <T extends { remove(): Promise<void> }>(part: T): T => parts.adopt(part, () => part.remove());
  const broker = keep(await startMosquitto());
  const influxd = keep(await startInfluxd());
  const sink = parts.adopt(await startHttpSink(), (sink) => sink.stop());
  const chance = options.powerLoss === true ? randomFrom(options.seed) : undefined;
  const agent = keep(await startKilledAgent({ broker: broker.url, influxd: influxd.url, sink: sink.url }, chance));
  const account = keep(await accountOf(broker));
  const stage: Stage = {
    options,
    influxd,
    sink,
    account,
    agent,
    done: { influxdKills: 0, brokerRestarts: 0, reloads: 0 },
  };
  heal(sink);
  await wait(stage, "the subscription", () => broker.printed().includes("Sending SUBACK to fieldline-"));
  const publishers = keep(await startPublishers(broker, options.rate, payloadOf));

  for (const [index, round] of planRounds(options.seed, options.rounds).entries()) {
    options.say(`round ${index + 1} of ${options.rounds}: the sink gives ${round.failure}; kill agent, ${round.event}`);
    await play(stage, round);
  }

  await Promise.race([publishers.finish(), failAfter(options.signal, "the broker's acknowledgements")]);
  const accepted = publishers.published();
  options.say(`${accepted} messages accepted; waiting until all are delivered`);
  await settle(stage, accepted);
  // What was delivered or rejected must be so for good.
  await agent.kill();
  const missing = await settle(stage, accepted);
  // The broker publishes its counts once a second.
  await sleep(1_500, undefined, { signal: options.signal });
  const lines = sink.lines.map(numberOf);
  const report = {
    accepted,
    missing,
    rejected: {
      influx: (await rejectedNumbers(agent, "influx")).size,
      sink: (await rejectedNumbers(agent, "sink")).size,
    },
    droppedByBroker: account.dropped(),
    kills: { agent: agent.kills(), influxd: stage.done.influxdKills },
    ...(chance === undefined ? {} : { powerLosses: agent.losses() }),
    brokerRestarts: stage.done.brokerRestarts,
    reloads: stage.done.reloads,
    redeliveries: account.redeliveries(),
    repeats: publishers.repeats(),
    duplicates: {
      influx: (await influxd.count("kill", "kill", "n")) - (await influxd.distinct("kill", "kill", "n")).length,
      sink: lines.length - new Set(lines).size,
    },
  };
  return { ...report, exitStatus: await agent.stop() };
}

/** What a report says that must not be, as sentences; too little happening is one too. */
export function faultsOf(report: KillReport, rounds: number): string[] {
  const { missing, droppedByBroker, kills, powerLosses, redeliveries, duplicates, repeats, exitStatus } = report;
  const first = (numbers: readonly number[]) => numbers.slice(0, 10).join(", ");
  const faults: readonly (readonly [boolean, string])[] = [
    [missing.influx.length > 0, `influxd lacks ${missing.influx.length}: ${first(missing.influx)}`],
    [missing.sink.length > 0, `the sink lacks ${missing.sink.length}: ${first(missing.sink)}`],
    [droppedByBroker > 0, `the broker dropped ${droppedByBroker}`],
    [
      duplicates.influx > repeats,
      `influxd has ${duplicates.influx} doubled points, and publishers repeated ${repeats}`,
    ],
    [exitStatus !== 0, `the agent's exit status after SIGTERM is ${exitStatus}`],
    [kills.agent < rounds, `only ${kills.agent} kills in ${rounds} rounds: this shows nothing`],
    [
      powerLosses !== undefined && powerLosses < rounds / 2,
      `only ${powerLosses} power cuts took something in ${rounds} rounds: this shows little`,
    ],
    [redeliveries < rounds, `only ${redeliveries} redeliveries in ${rounds} rounds: this shows little; raise --rate`],
  ];
  return faults.filter(([fault]) => fault).map(([, sentence]) => sentence);
}

async function play(stage: Stage, round: Round): Promise<void> {
  const { sink, agent, options } = stage;
  const [first, second, third] = round.pauses;
  const pause = (ms: number) => sleep(ms, undefined, { signal: options.signal });
  await fail(sink, round.failure);
  await pause(first);
  if (round.eventFirst) await happen(stage, round);
  else await agent.kill();
  await pause(second);
  if (round.eventFirst) await agent.kill();
  else await happen(stage, round);
  await pause(third);
  heal(sink);
  if (FAILURES[round.failure] === "down") await sink.start();
}

async function happen(stage: Stage, round: Round): Promise<void> {
  const { agent, influxd, account, done } = stage;
  const started = () => agent.log().includes(" runs");
  switch (round.event) {
    case "kill influxd":
      await influxd.kill();
      done.influxdKills += 1;
      await influxd.start();
      break;
    case "restart broker":
      await account.restart();
      done.brokerRestarts += 1;
      break;
    case "kill again":
      await agent.kill();
      break;
    case "reload mistake":
      // Before it listens for SIGHUP, the signal would end it.
      await wait(stage, "the agent's start", started);
      await agent.reload("mistake");
      await wait(stage, "the word about the mistake", () => agent.log().includes("going on with the one before"));
      await agent.mend();
      done.reloads += 1;
      break;
    case "reload batches":
    case "reload inputs":
      await wait(stage, "the agent's start", started);
      await agent.reload({ batch: round.batch, keepalive: round.event === "reload inputs" ? 10 + round.batch : 60 });
      done.reloads += 1;
      break;
  }
}

/** Has the sink fail in the manner of that name. */
async function fail(sink: HttpSink, name: string): Promise<void> {
  const failure = FAILURES[name];
  if (failure === "down") await sink.stop();
  else if (failure !== undefined) sink.always(failure);
}

/** Has the sink take all but what it refuses for good. */
function heal(sink: HttpSink): void {
  sink.always(
    refusing("v1", (line) => (sinkRefuses(numberOf(line)) ? `the sink refuses number ${numberOf(line)}` : undefined)),
  );
}

function numberOf(line: string): number {
  return Number(/ n=(\d+)/.exec(line)?.[1]);
}

/** Waits until no number is missing, or for as long as numbers still arrive. */
async function settle({ options, influxd, sink, agent }: Stage, accepted: number): Promise<KillReport["missing"]> {
  const all = Array.from({ length: accepted }, (_, number) => number);
  const lacking = async (): Promise<KillReport["missing"]> => {
    const stored = new Set((await influxd.distinct("kill", "kill", "n")).map(Number));
    const taken = new Set(sink.lines.map(numberOf));
    const [noInflux, noSink] = [await rejectedNumbers(agent, "influx"), await rejectedNumbers(agent, "sink")];
    return {
      influx: all.filter((number) => !stored.has(number) && !noInflux.has(number)),
      sink: all.filter((number) => !taken.has(number) && !noSink.has(number)),
    };
  };
  let [missing, progress] = [await lacking(), Date.now()];
  while (missing.influx.length + missing.sink.length > 0 && Date.now() - progress < STEP_MS) {
    await sleep(500, undefined, { signal: options.signal });
    const still = await lacking();
    if (still.influx.length + still.sink.length < missing.influx.length + missing.sink.length) progress = Date.now();
    missing = still;
  }
  return missing;
}

/** The numbers that the reasons of an output's rejects name. */
async function rejectedNumbers(agent: KilledAgent, output: string): Promise<ReadonlySet<number>> {
  const entries = await agent.rejects(output);
  return new Set(entries.flatMap((entry) => [...entry.matchAll(/number (\d+)/g)].map(([, number]) => Number(number))));
}

async function wait({ options, agent }: Stage, what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + STEP_MS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}; the agent's log:\n${agent.log().slice(-4_000)}`);
    await sleep(20, undefined, { signal: options.signal });
  }
}

async function failAfter(signal: AbortSignal, what: string): Promise<never> {
  await sleep(STEP_MS, undefined, { signal, ref: false });
  throw new Error(`waited in vain for ${what}`);
}
