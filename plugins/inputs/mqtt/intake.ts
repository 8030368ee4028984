import type { Emit, InputContext } from "fieldline/plugin";
import { attributesOf } from "./attributes.ts";
import { newGroup, type Group } from "./group.ts";
import { HeldAcks, PUBACK, PUBCOMP, PUBREC } from "./held-acks.ts";
import type { Pace } from "./pace.ts";
import { type Publish, readPublish } from "./publish.ts";
import type { Session } from "./session-state.ts";
import { TopicAliases } from "./topic-aliases.ts";
import type { Verdict } from "./topic-rules.ts";

/** Bytes received and not yet durable, above which nothing more is read from the broker. */
const MAX_HELD_BYTES = 16 * 2 ** 20;
/** What a message costs beside its bytes. */
const MESSAGE_BYTES = 200;

export interface IntakeOptions {
  readonly version: 4 | 5;
  readonly context: InputContext;
  readonly emit: Emit;
  readonly session: Session;
  readonly verdict: (topic: string) => Verdict;
  /** False leaves out retained messages. */
  readonly retained: boolean;
  readonly pace: Pace;
  /** Unacknowledged messages above which nothing more is read from the broker. */
  readonly maxInFlight: number;
  /** Takes whole packets for the broker; does nothing once the connection is closed. */
  readonly write: (bytes: Buffer) => void;
  /** A message came with QoS 0. */
  readonly onUnacknowledged: (topic: string) => void;
  /** The broker's own count of dropped messages. */
  readonly onDropped: (payload: Buffer) => void;
  /** A group could not be made durable. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Takes the messages of one connection: journals them in groups, and acknowledges them in the order of arrival once
 * they are durable.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #acks: HeldAcks;
  readonly #aliases = new TopicAliases();
  readonly #running = new Set<Promise<void>>();
  #group = newGroup();
  #heldBytes = 0;
  #stopped = false;
  /** Is called when `full` has become false. */
  onRoom: () => void = () => {};

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#acks = new HeldAcks((bytes, acks) => {
      options.write(bytes);
      const now = performance.now();
      options.pace.acknowledged(acks.length, now);
      for (const { packetId } of acks) options.session.deliveries.acknowledged(packetId, now);
    });
  }

  /** So much waits to become durable that the broker should wait too. */
  get full(): boolean {
    return this.#heldBytes > MAX_HELD_BYTES || this.#options.pace.unacknowledged > this.#options.maxInFlight;
  }

  /** The broker has accepted the connection, with or without what it remembers of us. */
  accepted(sessionPresent: boolean): void {
    if (sessionPresent) return;
    this.#options.session.deliveries.clear();
    this.#options.session.unreleased.clear();
    this.#options.session.journaled.clear();
  }

  /** Takes a PUBLISH from its first byte and its body, from `body` to `end`. @throws MalformedPacket */
  publish(firstByte: number, bytes: Buffer, body: number, end: number): void {
    const { context, verdict, retained, version, onDropped } = this.#options;
    const publish = readPublish(firstByte, bytes, body, end, version);
    const topic = this.#aliases.topicOf(publish);
    if (this.#stopped) return;
    if (publish.qos === 2 && this.#isKnown(publish, topic)) return this.#acknowledge(publish);
    const judged = verdict(topic);
    const ruling = judged === "take" && publish.retain && !retained ? "retained" : judged;
    if (ruling === "dropped") onDropped(publish.payload);
    else if (ruling !== "take") context.count(ruling);
    if (ruling === "take") this.#add(publish, topic, end - body);
    if (ruling === "take" && publish.qos === 0) this.#options.onUnacknowledged(topic);
    this.#acknowledge(publish);
    if (publish.qos === 2) this.#options.session.unreleased.set(publish.packetId, this.#group.durable.promise);
  }

  /** The broker lets go of a packet id of QoS 2. */
  release(packetId: number): void {
    this.#options.session.unreleased.delete(packetId);
    this.#options.session.journaled.delete(packetId);
    this.#group.acks.push({ type: PUBCOMP, packetId });
  }

  /** Hands over what has been taken since the last time. */
  flush(): void {
    const group = this.#group;
    if (group.arrivals.length === 0 && group.acks.length === 0) return;
    this.#group = newGroup();
    this.#options.pace.arrived(group.acks.length, performance.now());
    this.#heldBytes += group.bytes;
    const running = this.#journal(group);
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Takes nothing more; resolves when all that was taken is durable, and its acknowledgements written. */
  async stop(): Promise<void> {
    this.flush();
    this.#stopped = true;
    await Promise.all(this.#running);
    this.#acks.flush();
  }

  async #journal(group: Group): Promise<void> {
    const { emit, pace, onFailure } = this.#options;
    const release = this.#acks.hold(group.acks);
    const senderWaits = pace.senderWaits || this.#heldBytes * 2 > MAX_HELD_BYTES;
    try {
      if (group.arrivals.length > 0) await emit(group.arrivals, { senderWaits, canWait: group.acknowledged });
      if (group.waits.length > 0) await Promise.all(group.waits);
      group.durable.resolve();
      release();
    } catch (error) {
      this.#forgetUnreleased(group);
      onFailure(error);
    }
    const wasFull = this.full;
    this.#heldBytes -= group.bytes;
    if (wasFull) process.nextTick(() => this.full || this.onRoom());
  }

  /** What could not be journaled is to be taken when it comes again. */
  #forgetUnreleased(group: Group): void {
    const { unreleased } = this.#options.session;
    for (const [packetId, durable] of unreleased) if (durable === group.durable.promise) unreleased.delete(packetId);
  }

  /** @param bytes of the whole packet: topic and properties take memory too */
  #add(publish: Publish, topic: string, bytes: number): void {
    const { context, session } = this.#options;
    const { qos, packetId, payload, dup } = publish;
    const acknowledged = qos > 0;
    if (this.#group.acknowledged !== acknowledged && this.#group.arrivals.length > 0) this.flush();
    const first = dup ? session.deliveries.find(packetId, topic, payload) : undefined;
    const time = first ?? context.takeTime(payload.length);
    if (acknowledged && first === undefined) session.deliveries.remember(packetId, topic, payload, time);
    this.#group.acknowledged = acknowledged;
    this.#group.bytes += bytes + MESSAGE_BYTES;
    this.#group.arrivals.push({ channel: topic, payload, time, attributes: attributesOf(publish) });
  }

  #acknowledge({ qos, packetId }: Publish): void {
    if (qos > 0) this.#group.acks.push({ type: qos === 1 ? PUBACK : PUBREC, packetId });
  }

  /** Whether a message of QoS 2 is there already (MQTT section 4.3.3): then its acknowledgement waits for that. */
  #isKnown({ packetId, dup, payload }: Publish, topic: string): boolean {
    const { unreleased, journaled, deliveries } = this.#options.session;
    // One that is not sent again, or says something else, tells that the id was released before the restart.
    if (journaled.delete(packetId) && dup && deliveries.find(packetId, topic, payload) !== undefined)
      unreleased.set(packetId, Promise.resolve());
    const known = unreleased.get(packetId);
    if (known === undefined) return false;
    if (known !== this.#group.durable.promise) this.#group.waits.push(known);
    return true;
  }
}
