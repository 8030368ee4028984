import { join } from "node:path";
import type { MqttClient } from "mqtt";
import { StoredJournal } from "../../src/journal/index.ts";
import type { Reading } from "../../src/model/index.ts";
import { testAgent } from "../parts/agent.ts";
import { type RunningCommand, startCommand } from "../parts/command.ts";
import { type HttpSink, startHttpSink } from "../parts/http-sink.ts";
import { type Mosquitto, startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";

/** What each message carries beside its number, in bytes, so that few of them fill a small disk. */
const PADDING = "x".repeat(4_000);

/** Of QoS 2 mosquitto 2.0.11 takes no more than its window at once, and forgets to answer the others. */
const AT_ONCE = 20;

/**
 * More than are ever in flight. mosquitto 2.0.11 sends more of QoS 2 than its window; of those that it restores beyond it after a restart
 * it forgets that it has released them, and publishes them again (against MQTT section 4.3.3).
 */
const MOST_IN_FLIGHT = 2_000;

/** In a clean session a message of QoS 2 may be lost between the publisher and a broker that restarts. */
const KEPT_SESSION = { clientId: "publisher", clean: false };

/** `fieldline run` between a real broker and a sink of the test's own, with a publisher that numbers its messages. */
export interface HeldAgent {
  readonly broker: Mosquitto;
  readonly sink: HttpSink;
  /** What the present process has printed. */
  readonly log: () => string;
  readonly process: () => RunningCommand["child"];
  /** Publishes `count` numbers more, QoS 1 or 2, and waits until the broker has accepted them. */
  readonly publish: (count: number, qos?: 1 | 2) => Promise<void>;
  /** Waits until the sink has every number that the broker accepted; those from `from` on, when that is given. */
  readonly delivered: (from?: number) => Promise<void>;
  /** Messages that the agent has acknowledged to the broker. */
  readonly acknowledged: () => number;
  /** The readings that the journal's files hold. */
  readonly stored: () => Promise<readonly Reading[]>;
  /** Waits until the broker has heard so many pings more. */
  readonly pings: (count: number) => Promise<void>;
  /** How often the broker lost the agent. */
  readonly disconnects: () => number;
  /** SIGKILL, and a start on the same data. */
  readonly killAndStart: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface HeldAgentOptions {
  readonly dataDir: string;
  /** The journal's settings, as in the file. */
  readonly journal?: string;
  /** The input's keepalive, in seconds; 1 without it. */
  readonly keepalive?: number;
  readonly qos?: 1 | 2;
  /** Of the agent's process. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Starts the three and waits until the agent has subscribed. */
export async function startHeldAgent(options: HeldAgentOptions): Promise<HeldAgent> {
  const parts = new AsyncDisposableStack();
  const broker = parts.adopt(await startMosquitto(options.qos === 2 ? { maxInFlight: MOST_IN_FLIGHT } : {}), (each) =>
    each.remove(),
  );
  const sink = parts.adopt(await startHttpSink(), (each) => each.stop());
  const { folder } = parts.adopt(await testAgent(configuration(broker, sink, options)), (each) => each.remove());
  const start = () => startCommand(["run"], folder, options.environment);
  let command = start();
  parts.defer(async () => {
    command.child.kill("SIGKILL");
    await command.exit;
  });
  const client: MqttClient = parts.adopt(await broker.connect(KEPT_SESSION), (each) => each.endAsync(true));
  const count = (pattern: RegExp) => broker.printed().match(pattern)?.length ?? 0;
  let published = 0;
  const pings = () => count(/Received PINGREQ from fieldline-/g);
  await until("the subscription", () => count(/Sending SUBACK to fieldline-/g) > 0);
  return {
    broker,
    sink,
    log: () => command.stderr(),
    process: () => command.child,
    publish: async (more, qos = 1) => {
      const numbers = Array.from({ length: more }, (_, index) => published + index);
      published += more;
      for (let at = 0; at < more; at += AT_ONCE) {
        const some = numbers.slice(at, at + AT_ONCE);
        await Promise.all(some.map((n) => client.publishAsync("held/n", JSON.stringify({ n, PADDING }), { qos })));
      }
    },
    delivered: async (from = 0) => {
      const lacking = () => {
        const taken = new Set(sink.lines.map((line) => Number(/ n=(\d+)/.exec(line)?.[1])));
        return Array.from({ length: published - from }, (_, index) => from + index).filter((n) => !taken.has(n));
      };
      await until("the delivery of all", () => lacking().length === 0, 60_000).catch((error: unknown) => {
        throw new Error(
          `${String(error)}; it lacks ${lacking().length} of ${published}: ${command.stderr().slice(-3_000)}`,
        );
      });
    },
    acknowledged: () => count(/Received PUBACK from fieldline-/g),
    stored: async () => {
      const journal = await StoredJournal.open(join(options.dataDir, "journal"));
      const readings: Reading[] = [];
      for (let from = 0; ;) {
        const { entries, next } = await journal.read(from, 2 ** 20);
        if (entries.length === 0) return readings;
        readings.push(...entries.filter((entry) => entry.kind === "reading"));
        from = next;
      }
    },
    pings: async (more) => {
      const before = pings();
      await until(`${more} pings`, () => pings() >= before + more, 60_000);
    },
    disconnects: () => count(/Client fieldline-\S+ (closed|has exceeded|disconnected)/g),
    killAndStart: async () => {
      command.child.kill("SIGKILL");
      await command.exit;
      command = start();
    },
    remove: () => parts.disposeAsync(),
  };
}

function configuration(
  broker: Mosquitto,
  sink: HttpSink,
  { dataDir, journal = "", keepalive = 1, qos = 1 }: HeldAgentOptions,
) {
  return `version: 1
agent: { http: false, data_dir: "${dataDir}" }
journal: { ${journal} }
inputs:
  numbers:
    type: mqtt
    url: ${broker.url}
    topics: ["held/n"]
    qos: ${qos}
    keepalive: ${keepalive}s
    decode: { type: json, measurement: held, fields: [n] }
outputs:
  sink: { type: influxdb, url: "${sink.url}", database: held, batch: { max_wait: 50ms } }
`;
}
