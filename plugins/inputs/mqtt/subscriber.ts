import { isDeepStrictEqual } from "node:util";
import type { InputContext } from "fieldline/plugin";
import type { MqttClient } from "mqtt";
import type { Kept } from "./memory.ts";
import { reasonText } from "./reasons.ts";
import { isRefusal, subscribe, type Wanted } from "./subscribe.ts";
import { renewSubscriptions } from "./subscriptions.ts";
import { DROPPED_TOPIC } from "./topic-rules.ts";
import { pause } from "./wait.ts";

/** An access list may change while the connection stays: refused subscriptions are tried again so often. */
const RETRY_MS = 60_000;

export interface SubscriberOptions {
  readonly context: InputContext;
  /** The broker's name and the session's: broker and client id. */
  readonly broker: string;
  readonly session: string;
  readonly wanted: readonly Wanted[];
  /** The protocol has retain handling: subscribing again does no harm. */
  readonly again: boolean;
  /** Ask for the broker's count of dropped messages too. */
  readonly countDropped: boolean;
}

/** Keeps a session subscribed to what is wanted, and says so in health. */
export class Subscriber {
  readonly #options: SubscriberOptions;
  #kept: Kept;
  #countDropped: boolean;

  constructor(options: SubscriberOptions, kept: Kept) {
    this.#options = options;
    this.#kept = kept;
    this.#countDropped = options.countDropped;
  }

  /** The broker has accepted a connection. @throws Error when it is lost before the subscriptions are answered */
  async connected(client: MqttClient, sessionPresent: boolean, closed: AbortSignal): Promise<void> {
    const { wanted, session, again } = this.#options;
    const save = (kept: Kept) => this.#save(kept);
    const renewal = { client, sessionPresent, session, wanted, again, kept: this.#kept, save };
    let refused = this.#judge(wanted, await renewSubscriptions(renewal));
    await this.#askForDropped(client);
    while (refused.length > 0) {
      await pause(RETRY_MS, closed);
      if (closed.aborted) return;
      refused = this.#judge(refused, await subscribe(client, refused));
    }
  }

  /** What is kept already needs no room: a full disk is no reason not to go on with a session. */
  async #save(kept: Kept): Promise<void> {
    if (isDeepStrictEqual(kept, this.#kept)) return;
    this.#kept = kept;
    if (!this.#options.context.observing) await this.#options.context.memory.save(kept);
  }

  /** Reports what the broker granted; returns what it refused. */
  #judge(asked: readonly Wanted[], granted: ReadonlyMap<string, number>): readonly Wanted[] {
    const { context, broker } = this.#options;
    const codeOf = ({ filter, qos }: Wanted) => granted.get(filter) ?? qos;
    const refused = asked.filter((wanted) => isRefusal(codeOf(wanted)));
    for (const wanted of asked.filter((one) => codeOf(one) < one.qos)) {
      const fields = { topic: wanted.filter, asked: wanted.qos, granted: codeOf(wanted) };
      context.log.warn(fields, "the broker delivers with a lower QoS than asked for: messages may be lost");
    }
    if (refused.length === 0) context.report("up", `connected to ${broker}`);
    else {
      const list = refused.map((wanted) => `${wanted.filter} (${reasonText(codeOf(wanted))})`).join(", ");
      context.report("down", `${broker} refuses the subscription to ${list}: its access list has to allow it`);
    }
    return refused;
  }

  /** Brokers without such a topic refuse or ignore it; one that ends the connection over it is not asked again. */
  async #askForDropped(client: MqttClient): Promise<void> {
    if (!this.#countDropped) return;
    this.#countDropped = false;
    await subscribe(client, [{ filter: DROPPED_TOPIC, qos: 0, retainHandling: 0 }]);
    this.#countDropped = true;
  }
}
