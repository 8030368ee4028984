import type { Output, WriteError } from "../plugin/index.ts";
import { attempt, type Outcome } from "./attempt.ts";
import { Backoff } from "./backoff.ts";
import type { Item, Refusal } from "./item.ts";
import { cut, halves, partByKinship } from "./split.ts";

/** How long an accepted point proves that the sink takes points. */
const PROOF_MS = 60_000;
/** The writes that a search for bad points may cost while the sink has taken nothing. */
const SEARCH_WITHOUT_PROOF = 32;
/** The points of the next batch that are tried when nothing else can prove the sink alive. */
const PEERS = 3;

export interface DeliveryOptions {
  readonly output: Output;
  readonly maxPoints: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Points that wait behind these: one that the sink takes proves that it does not refuse everything. */
  readonly peers: () => readonly Item[];
  /** Each attempt that failed, and undefined for one that was taken. */
  readonly onAttempt: (error: WriteError | undefined, items: readonly Item[]) => void;
}

interface Search {
  /** Refused alone. */
  readonly suspects: Item[];
  /** Those that the sink named itself. */
  readonly named: Refusal[];
  /** The sink has taken something. */
  proven: boolean;
  writes: number;
}

/**
 * Brings points to a sink and loses none: it retries until each is taken, or refused while the sink demonstrably
 * takes others. A refusal alone proves nothing about a point: a proxy may answer 400 to everything.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  #proof: { readonly item: Item; readonly at: number } | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the refused points once all others are taken.
   * @throws WriteError `gone` when the sink has gone for good; the signal's reason when aborted
   */
  async deliver(items: readonly Item[], signal: AbortSignal): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = [];
    for (const run of cut(items, this.#options.maxPoints, this.#options.maxBytes)) {
      refusals.push(...(await this.#settle(run, signal)));
    }
    return refusals;
  }

  async #settle(items: readonly Item[], signal: AbortSignal): Promise<readonly Refusal[]> {
    const backoff = new Backoff();
    const refusals: Refusal[] = [];
    let rest = items;
    for (;;) {
      const outcome = await this.#attempt(rest, signal);
      if (outcome.taken) {
        refusals.push(...outcome.refused);
        if (outcome.again.length === 0) return refusals;
        if (outcome.again.length < rest.length) backoff.reset();
        rest = outcome.again;
        await backoff.wait(signal);
        continue;
      }
      const { error } = outcome;
      if (error.kind === "gone") throw error;
      if (error.kind === "too_large" && rest.length > 1) {
        for (const half of halves(rest)) refusals.push(...(await this.#settle(half, signal)));
        return refusals;
      }
      const found = isRefusal(error) ? await this.#isolate(rest, signal) : undefined;
      if (found !== undefined) return [...refusals, ...found];
      await backoff.wait(signal, error.retryAfterMs);
    }
  }

  /**
   * Splits refused items until the bad ones are alone and the rest is delivered.
   * @returns the bad ones; undefined when nothing shows that the sink would take any point
   */
  async #isolate(items: readonly Item[], signal: AbortSignal): Promise<readonly Refusal[] | undefined> {
    const before = await this.#proves(signal);
    if (before === false) return undefined;
    const search: Search = { suspects: [], named: [], proven: before === true, writes: 0 };
    await this.#search(items, search, signal);
    if (!search.proven && search.writes >= SEARCH_WITHOUT_PROOF) return undefined;
    const confirmed = await this.#confirm(search.suspects, signal);
    return confirmed === undefined ? undefined : [...search.named, ...confirmed];
  }

  async #search(items: readonly Item[], search: Search, signal: AbortSignal): Promise<void> {
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      search.suspects.push(only);
      return;
    }
    for (const part of partByKinship(items)) {
      if (!search.proven && search.writes >= SEARCH_WITHOUT_PROOF) return;
      search.writes += 1;
      const outcome = await this.#attempt(part, signal);
      if (outcome.taken) {
        search.proven = true;
        search.named.push(...outcome.refused);
        if (outcome.again.length > 0) search.named.push(...(await this.#settle(outcome.again, signal)));
      } else if (isRefusal(outcome.error)) {
        await this.#search(part, search, signal);
      } else {
        search.named.push(...(await this.#settle(part, signal)));
        search.proven = true;
      }
    }
  }

  /**
   * Writes each suspect once more between two points that the sink takes: it may have refused everything for a while,
   * when the search began or in the middle of it.
   * @returns those that it refuses even so; undefined when it does not take the other points
   */
  async #confirm(suspects: readonly Item[], signal: AbortSignal): Promise<readonly Refusal[] | undefined> {
    if (suspects.length === 0) return [];
    if ((await this.#proves(signal)) !== true && !(await this.#peersProve(signal))) return undefined;
    const refusals: Refusal[] = [];
    for (const item of suspects) {
      const outcome = await this.#attempt([item], signal);
      if (outcome.taken) refusals.push(...outcome.refused);
      else if (isRefusal(outcome.error)) refusals.push({ item, reason: outcome.error.message });
      else refusals.push(...(await this.#settle([item], signal)));
    }
    return (await this.#proves(signal)) === true ? refusals : undefined;
  }

  /** Writes a point that was taken within the last minute once more, which changes nothing in a time-series store. */
  async #proves(signal: AbortSignal): Promise<boolean | undefined> {
    const proof = this.#proof;
    if (proof === undefined || performance.now() - proof.at > PROOF_MS) return undefined;
    return (await this.#attempt([proof.item], signal)).taken;
  }

  async #peersProve(signal: AbortSignal): Promise<boolean> {
    const peers = this.#options.peers();
    for (const peer of [peers[0], peers[peers.length >> 1], peers.at(-1)].slice(0, PEERS)) {
      if (peer !== undefined && (await this.#attempt([peer], signal)).taken) return true;
    }
    return false;
  }

  async #attempt(items: readonly Item[], signal: AbortSignal): Promise<Outcome> {
    const { output, timeoutMs, onAttempt } = this.#options;
    const outcome = await attempt(output, items, timeoutMs, signal);
    if (outcome.taken) this.#remember(items, outcome);
    onAttempt(outcome.taken ? undefined : outcome.error, items);
    return outcome;
  }

  #remember(items: readonly Item[], outcome: Outcome & { taken: true }): void {
    const left = new Set([...outcome.refused.map(({ item }) => item), ...outcome.again]);
    const item = left.size === 0 ? items.at(-1) : items.findLast((candidate) => !left.has(candidate));
    if (item !== undefined) this.#proof = { item, at: performance.now() };
  }
}

/** Whether it is the points that the sink does not want. A single point that is too large is such a one. */
function isRefusal({ kind }: WriteError): boolean {
  return kind === "refused" || kind === "too_large";
}
