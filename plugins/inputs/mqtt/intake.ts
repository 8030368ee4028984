import type { Emit, InputContext } from "fieldline/plugin";
import { packetIdsOf, PUBACK, PUBCOMP, PUBREC } from "./acks.ts";
import { attributesOf } from "./attributes.ts";
import { fingerprint } from "./fingerprint.ts";
import { newGroup, type Group } from "./group.ts";
import { HeldAcks } from "./held-acks.ts";
import type { Pace } from "./pace.ts";
import { type Publish, readPublish } from "./publish.ts";
import type { Session } from "./session-state.ts";
import { SyncTiming } from "./sync-timing.ts";
import { TopicAliases } from "./topic-aliases.ts";
import type { Topic, TopicAt } from "./topics.ts";

/** Bytes received and not yet durable, above which nothing more is read from the broker. */
const MAX_HELD_BYTES = 16 * 2 ** 20;
/** The same of QoS 0, of which the journal keeps only so much waiting for all inputs together. */
const MAX_HASTY_BYTES = 2 * 2 ** 20;
/** What a message costs beside its bytes. */
const MESSAGE_BYTES = 200;

export interface IntakeOptions {
  readonly version: 4 | 5;
  readonly context: InputContext;
  readonly emit: Emit;
  readonly session: Session;
  readonly topicAt: TopicAt;
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
  readonly #timing: SyncTiming;
  readonly #aliases = new TopicAliases();
  readonly #running = new Set<Promise<void>>();
  #group = newGroup();
  #heldBytes = 0;
  #hastyBytes = 0;
  #stopped = false;
  /** Is called when `full` has become false. */
  onRoom: () => void = () => {};

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#acks = new HeldAcks((acks) => {
      options.write(acks);
      const now = performance.now();
      let count = 0;
      for (const packetId of packetIdsOf(acks)) {
        options.session.deliveries.acknowledged(packetId, now);
        count += 1;
      }
      options.pace.acknowledged(count, now);
      this.#timing.acknowledged(now);
    });
    // What was emitted tells when it cannot be made durable.
    this.#timing = new SyncTiming(options.pace, () => void options.emit([], { senderWaits: true }).catch(() => {}));
  }

  /** So much waits to become durable that the broker should wait too. */
  get full(): boolean {
    const { pace, maxInFlight } = this.#options;
    return this.#held >= 1 || pace.unacknowledged > maxInFlight;
  }

  /** What is held of what may be. */
  get #held(): number {
    return Math.max(this.#heldBytes / MAX_HELD_BYTES, this.#hastyBytes / MAX_HASTY_BYTES);
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
    const { version, topicAt, session } = this.#options;
    const publish = readPublish(firstByte, bytes, body, end, version, topicAt);
    const topic = this.#aliases.topicOf(publish);
    if (this.#stopped) return;
    const { qos, packetId, payload } = publish;
    const message = qos === 0 ? 0 : fingerprint(payload, topic.fingerprint);
    if (qos === 2 && this.#isKnown(publish, message)) return this.#group.acks.add(PUBREC, packetId);
    if (this.#isWanted(publish, topic)) this.#add(publish, topic.text, message, end - body);
    if (qos > 0) this.#group.acks.add(qos === 1 ? PUBACK : PUBREC, packetId);
    if (qos < 2) return;
    this.#options.pace.twoSteps();
    session.unreleased.set(packetId, this.#group.durable.promise);
  }

  /** Whether a message becomes a reading; what does not is counted. */
  #isWanted({ retain, payload }: Publish<Topic>, { verdict }: Topic): boolean {
    const { context, retained, onDropped } = this.#options;
    if (verdict === "take" && (!retain || retained)) return true;
    if (verdict === "dropped") onDropped(payload);
    else context.count(verdict === "take" ? "retained" : verdict);
    return false;
  }

  /** The broker lets go of a packet id of QoS 2. */
  release(packetId: number): void {
    this.#options.session.unreleased.delete(packetId);
    this.#options.session.journaled.delete(packetId);
    this.#group.acks.add(PUBCOMP, packetId);
  }

  /** Hands over what has been taken since the last time. */
  flush(): void {
    const group = this.#group;
    if (group.arrivals.length === 0 && group.acks.count === 0) return;
    this.#group = newGroup();
    this.#hold(group, group.bytes);
    const now = performance.now();
    this.#options.pace.arrived(group.acks.count, now);
    const running = this.#journal(group, this.#timing.arrived(now));
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

  /** No async function: that would keep the arrivals, which the journal copies, for as long as the disk takes. */
  #journal(group: Group, windowIsFull: boolean): Promise<void> {
    const { emit } = this.#options;
    const { arrivals, acknowledged: canWait } = group;
    group.arrivals = [];
    const senderWaits = windowIsFull || this.#held >= 1 / 2;
    const release = this.#acks.hold(group.acks);
    return this.#settle(group, arrivals.length === 0 ? undefined : emit(arrivals, { senderWaits, canWait }), release);
  }

  async #settle(group: Group, durable: Promise<void> | undefined, release: () => void): Promise<void> {
    try {
      await durable;
      if (group.waits.length > 0) await Promise.all(group.waits);
      group.durable.resolve();
      release();
    } catch (error) {
      this.#forgetUnreleased(group);
      this.#options.onFailure(error);
    }
    const wasFull = this.full;
    this.#hold(group, -group.bytes);
    if (wasFull) process.nextTick(() => this.full || this.onRoom());
  }

  #hold({ acknowledged }: Group, bytes: number): void {
    this.#heldBytes += bytes;
    if (!acknowledged) this.#hastyBytes += bytes;
  }

  /** What could not be journaled is to be taken when it comes again. */
  #forgetUnreleased(group: Group): void {
    const { unreleased } = this.#options.session;
    for (const [packetId, durable] of unreleased) if (durable === group.durable.promise) unreleased.delete(packetId);
  }

  /** @param bytes of the whole packet: topic and properties take memory too */
  #add(publish: Publish<Topic>, channel: string, message: number, bytes: number): void {
    const { context, session, onUnacknowledged } = this.#options;
    const { qos, packetId, payload, dup } = publish;
    const acknowledged = qos > 0;
    if (this.#group.acknowledged !== acknowledged && this.#group.arrivals.length > 0) this.flush();
    const first = dup ? session.deliveries.find(packetId, message) : undefined;
    const time = first ?? context.takeTime(payload.length);
    if (acknowledged && first === undefined) session.deliveries.remember(packetId, message, time);
    this.#group.acknowledged = acknowledged;
    this.#group.bytes += bytes + MESSAGE_BYTES;
    this.#group.arrivals.push({ channel, payload, time, attributes: attributesOf(publish) });
    if (!acknowledged) onUnacknowledged(channel);
  }

  /** Whether a message of QoS 2 is there already (MQTT section 4.3.3): then its acknowledgement waits for that. */
  #isKnown({ packetId, dup }: Publish<Topic>, message: number): boolean {
    const { unreleased, journaled, deliveries } = this.#options.session;
    // One that is not sent again, or says something else, tells that the id was released before the restart.
    if (journaled.delete(packetId) && dup && deliveries.find(packetId, message) !== undefined)
      unreleased.set(packetId, Promise.resolve());
    const known = unreleased.get(packetId);
    if (known === undefined) return false;
    if (known !== this.#group.durable.promise) this.#group.waits.push(known);
    return true;
  }
}
