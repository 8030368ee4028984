import type { Emit, InputContext } from "fieldline/plugin";
import type { MqttClient } from "mqtt";
import { backoff } from "./backoff.ts";
import { parseBrokerUrl } from "./broker-url.ts";
import { clientOptions, protocolVersion, statusOptions } from "./client-options.ts";
import { type ConnectionOptions, keepConnection } from "./connection.ts";
import { Deliveries } from "./deliveries.ts";
import { droppedCount } from "./dropped.ts";
import { explain } from "./explain.ts";
import { Intake } from "./intake.ts";
import { loadKept, newClientId } from "./memory.ts";
import { Pace } from "./pace.ts";
import { parsePattern } from "./pattern.ts";
import type { MqttSettings } from "./settings.ts";
import { openSocket } from "./socket.ts";
import { Subscriber } from "./subscriber.ts";
import { DROPPED_TOPIC, topicRules } from "./topic-rules.ts";
import { wantedSubscriptions } from "./wanted.ts";
import { pause } from "./within.ts";

/** A connection that lasted so long was no failure: the next attempt comes soon again. */
const LASTING_MS = 5_000;
const MAX_PACKET_IDS = 65_535;

/** Receives until `signal` aborts; a broker that is away is tried again and again. */
export async function runMqtt(
  settings: MqttSettings,
  context: InputContext,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const [{ MqttClient }, prepared] = await Promise.all([import("mqtt"), prepare(settings, context, emit)]);
  const { broker, connection } = prepared;
  let failures = 0;
  while (!signal.aborted) {
    const begun = performance.now();
    const cause = await openSocket(broker, settings.tls)
      .then((socket) => keepConnection({ ...connection, socket, MqttClient }, signal))
      .catch((error: unknown) => error);
    if (signal.aborted) return;
    failures = performance.now() - begun > LASTING_MS ? 1 : failures + 1;
    context.report("down", explain(broker.name, cause));
    await pause(backoff(failures), signal);
  }
}

/** All that outlives a connection. */
async function prepare(settings: MqttSettings, context: InputContext, emit: Emit) {
  const { observing } = context;
  const broker = parseBrokerUrl(settings.url);
  const patterns = settings.topics.map(parsePattern);
  const { status } = settings;
  const exclude = [...(settings.exclude ?? []), ...(status === undefined ? [] : [status.topic])].map(parsePattern);
  const kept = await loadKept(context);
  const clientId = observing ? newClientId(context.id) : (settings.client_id ?? kept.clientId);
  const verdict = topicRules(patterns, exclude);
  const subscriber = new Subscriber(
    {
      context,
      broker: broker.name,
      session: `${broker.name} ${clientId}`,
      wanted: wantedSubscriptions(settings, patterns, observing),
      again: settings.version === "5" || settings.retained !== "new",
      countDropped: !observing && verdict(DROPPED_TOPIC) === "dropped",
    },
    kept,
  );
  const session = { deliveries: new Deliveries(), unreleased: new Map<number, Promise<void>>() };
  if (!observing) session.deliveries.learn(context.recent());
  const onDropped = droppedCount((messages) => context.count("broker_dropped", messages));

  const connection: Omit<ConnectionOptions, "socket" | "MqttClient"> = {
    client: clientOptions(settings, broker, clientId, observing),
    openIntake: (write, onFailure) =>
      new Intake({
        version: protocolVersion(settings),
        context,
        emit,
        session,
        verdict,
        retained: settings.retained !== "never",
        pace: new Pace(settings.max_in_flight),
        maxInFlight: settings.max_in_flight ?? MAX_PACKET_IDS,
        write,
        onDropped,
        onFailure,
      }),
    onConnect: async (client, sessionPresent, closed) => {
      publishStatus(client, "online");
      await subscriber.connected(client, sessionPresent, closed);
    },
    onStop: (client) => new Promise<void>((resolve) => publishStatus(client, "offline", resolve)),
  };
  const publishStatus = (client: MqttClient, state: "online" | "offline", done: () => void = () => {}) => {
    if (status === undefined || observing) return done();
    client.publish(status.topic, status[state], statusOptions(status), (error) => {
      if (error) context.log.warn({ topic: status.topic, error: error.message }, "the status was not published");
      done();
    });
  };
  return { broker, connection };
}
