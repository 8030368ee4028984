import { setTimeout as sleep } from "node:timers/promises";
import type { Arrival } from "../model/index.ts";

/** The most channels whose period is remembered; beyond, all begin anew. */
const MAX_CHANNELS = 100_000;

interface Pending {
  arrival: Arrival;
  /** Passes it on when its period ends, or takes it out when a newer one came. */
  readonly settle: (arrival: Arrival | undefined) => void;
}

export interface Thinned {
  readonly kept: readonly Arrival[];
  readonly left: number;
}

/** Lets one reading of each channel through in each period: the first at once, then the last one at the period's end. */
export class Thinner {
  readonly #everyMs: number;
  readonly #passed = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Resolves when each of the arrivals has had its period: with those that pass, in order. */
  async pass(arrivals: readonly Arrival[], signal: AbortSignal): Promise<Thinned> {
    const results = await Promise.all(arrivals.map((arrival) => this.#one(arrival, signal)));
    const kept = results.filter((arrival) => arrival !== undefined);
    return { kept, left: arrivals.length - kept.length };
  }

  async #one(arrival: Arrival, signal: AbortSignal): Promise<Arrival | undefined> {
    const { channel } = arrival;
    const now = performance.now();
    const due = (this.#passed.get(channel) ?? -Infinity) + this.#everyMs;
    const waiting = this.#pending.get(channel);
    if (now >= due && waiting === undefined) {
      this.#mark(channel, now);
      return arrival;
    }
    waiting?.settle(undefined);
    return this.#hold(arrival, waiting === undefined ? due - now : undefined, signal);
  }

  #hold(arrival: Arrival, waitMs: number | undefined, signal: AbortSignal): Promise<Arrival | undefined> {
    const { channel } = arrival;
    const held = new Promise<Arrival | undefined>((settle) => this.#pending.set(channel, { arrival, settle }));
    if (waitMs !== undefined) void this.#release(channel, waitMs, signal);
    return held;
  }

  async #release(channel: string, waitMs: number, signal: AbortSignal): Promise<void> {
    // A stop releases what is held at once: it is the last of its channel.
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    const pending = this.#pending.get(channel);
    this.#pending.delete(channel);
    this.#mark(channel, performance.now());
    pending?.settle(pending.arrival);
  }

  #mark(channel: string, now: number): void {
    if (this.#passed.size >= MAX_CHANNELS) this.#passed.clear();
    this.#passed.set(channel, now);
  }
}
