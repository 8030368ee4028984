import type { Emit, InputContext } from "fieldline/plugin";
import { backoff } from "./backoff.ts";
import { type BrokerUrl, parseBrokerUrl } from "./broker-url.ts";
import { clientOptions, protocolVersion } from "./client-options.ts";
import { type ConnectionOptions, keepConnection } from "./connection.ts";
import { droppedCount } from "./dropped.ts";
import { explain } from "./explain.ts";
import { Intake, type IntakeOptions } from "./intake.ts";
import { loadKept, newClientId } from "./memory.ts";
import { Pace } from "./pace.ts";
import { parsePattern } from "./pattern.ts";
import { type Session, sessionState } from "./session-state.ts";
import type { MqttSettings } from "./settings.ts";
import { openSocket } from "./socket.ts";
import { publishStatus } from "./status.ts";
import { Subscriber } from "./subscriber.ts";
import { DROPPED_TOPIC, topicRules } from "./topic-rules.ts";
import { topicsOf } from "./topics.ts";
import { pause } from "./wait.ts";
import { wantedSubscriptions } from "./wanted.ts";

/** A connection that lasted so long was no failure: the next attempt comes soon again. */
const LASTING_MS = 5_000;
const MAX_PACKET_IDS = 65_535;
/** A connection on which no ping was answered for so many keepalives has ended: before, acknowledgements came through. */
const PROVEN_KEEPALIVES = 3;

/** Receives until `signal` aborts; a broker that is away is tried again and again. */
export async function runMqtt(
  settings: MqttSettings,
  context: InputContext,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const broker = parseBrokerUrl(settings.url);
  const session = sessionState(context.observing ? [] : context.recent());
  const connection = await prepareConnections(broker, settings, context, emit, session);
  let failures = 0;
  while (!signal.aborted) {
    const begun = performance.now();
    const cause = await openSocket(broker, settings.tls)
      .then((socket) => keepConnection({ ...connection, socket }, signal))
      .catch((error: unknown) => error);
    if (signal.aborted) return;
    if (settings.keepalive > 0)
      session.deliveries.forgetAcknowledged(performance.now() - PROVEN_KEEPALIVES * settings.keepalive);
    failures = performance.now() - begun > LASTING_MS ? 1 : failures + 1;
    context.report("down", explain(broker.name, cause));
    await pause(backoff(failures), signal);
  }
}

/** All that outlives a connection. */
async function prepareConnections(
  broker: BrokerUrl,
  settings: MqttSettings,
  context: InputContext,
  emit: Emit,
  session: Session,
): Promise<Omit<ConnectionOptions, "socket">> {
  const { observing } = context;
  const { MqttClient } = await import("mqtt");
  const kept = await loadKept(context);
  const clientId = observing ? newClientId(context.id) : (settings.client_id ?? kept.clientId);
  const patterns = settings.topics.map(parsePattern);
  const own = settings.status === undefined ? [] : [settings.status.topic];
  const verdict = topicRules(patterns, [...(settings.exclude ?? []), ...own].map(parsePattern));
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
  const status = observing ? undefined : settings.status;
  const intake = intakeOptions(settings, context, emit, session, topicsOf(verdict));
  return {
    MqttClient,
    client: clientOptions(settings, broker, clientId, observing),
    openIntake: (write, onFailure) =>
      new Intake({ ...intake, pace: new Pace(settings.max_in_flight), write, onFailure }),
    onConnect: async (client, sessionPresent, closed) => {
      void publishStatus(client, context.log, status, "online");
      await subscriber.connected(client, sessionPresent, closed);
    },
    onStop: (client) => publishStatus(client, context.log, status, "offline"),
  };
}

/** What the intakes of all connections have in common. */
function intakeOptions(
  settings: MqttSettings,
  context: InputContext,
  emit: Emit,
  session: Session,
  topicAt: IntakeOptions["topicAt"],
): Omit<IntakeOptions, "pace" | "write" | "onFailure"> {
  return {
    version: protocolVersion(settings),
    context,
    emit,
    session,
    topicAt,
    retained: settings.retained !== "never",
    maxInFlight: settings.max_in_flight ?? MAX_PACKET_IDS,
    onUnacknowledged: settings.qos === "0" || context.observing ? () => {} : warningOnce(context, settings.qos),
    onDropped: droppedCount((messages) => context.count("broker_dropped", messages)),
  };
}

/** Some publisher sends with less than what is asked for, which a subscriber cannot raise: worth one word. */
function warningOnce({ id, log }: InputContext, qos: string): (topic: string) => void {
  let told = false;
  return (topic) => {
    if (told) return;
    told = true;
    log.warn(
      { input: id, topic },
      `messages come with QoS 0 although qos is ${qos}: who publishes to ${topic} sends them so, and what is lost on the way is not sent again; publish with QoS ${qos}, or set qos: 0`,
    );
  };
}
