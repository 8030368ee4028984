import { cpuSeconds, residentMemory } from "../harness/cpu.ts";
import { sampleDuring } from "../harness/sample.ts";
import { spreadOf } from "../harness/spread.ts";
import { onStage } from "../harness/stage.ts";
import { startFieldline } from "./fieldline.ts";
import { startLoadBroker } from "./load.ts";
import { startSink } from "./sink.ts";

/** How many of each there are in a load. */
export interface Numbers {
  readonly topics: number;
  /** A series is a value of a tag in the payload. */
  readonly series: number;
  readonly inputs: number;
}

/** Messages: every topic and every series comes at least once in the warm-up. */
export interface Amounts {
  readonly warmUp: number;
  readonly counted: number;
}

export interface Grown {
  /** CPU time of the agent per message, in microseconds. */
  readonly cost: number;
  /** The median of its resident memory meanwhile, in MiB. */
  readonly memory: number;
}

/** Messages a second in all: what fifty connections bring as quickly as they can, a disk may not take. */
const RATE = 60_000;
const SAMPLE_MS = 100;

/** MQTT QoS 0 at a steady rate, to one InfluxDB output. @throws Error when a point does not come */
export function measureGrown(numbers: Numbers, { warmUp, counted }: Amounts, signal: AbortSignal): Promise<Grown> {
  const { topics, series, inputs } = numbers;
  return onStage(async (keep) => {
    const sink = await keep(startSink({ count: "points" }, { signal }));
    const broker = await keep(startLoadBroker({ topics, probes: series }, { signal }));
    const { pid } = await keep(startFieldline(configurationOf(broker.port, sink.port, inputs), { signal }));
    await broker.subscribed(inputs);
    await broker.send({ from: 0, count: warmUp, rate: RATE });
    await sink.points(warmUp);

    const before = cpuSeconds(pid);
    const work = broker.send({ from: warmUp, count: counted, rate: RATE }).then(() => sink.points(warmUp + counted));
    const { found, outcome } = await sampleDuring(SAMPLE_MS, () => residentMemory(pid), work);
    if (outcome.points !== warmUp + counted)
      throw new Error(`${outcome.points} points came, and not as many as messages`);
    return { cost: ((cpuSeconds(pid) - before) / counted) * 1e6, memory: spreadOf(found).median };
  });
}

function configurationOf(brokerPort: number, sinkPort: number, inputs: number): string {
  const input = (_: unknown, index: number) => `
  load-${index}:
    type: mqtt
    url: mqtt://127.0.0.1:${brokerPort}
    topics: ["bench/{device}/state"]
    qos: 0
    decode: { type: json, measurement: bench, tags: [probe] }`;
  return `version: 1
agent: { http: false }
inputs:${Array.from({ length: inputs }, input).join("")}
outputs:
  sink: { type: influxdb, url: "http://127.0.0.1:${sinkPort}", database: bench }
`;
}
