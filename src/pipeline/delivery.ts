import type { Output, WriteError } from "../plugin/index.ts";
import { attempt, type Outcome } from "./attempt.ts";
import { Backoff } from "./backoff.ts";
import { type Item, lastBut, type Load, loadOf, type Refusal } from "./item.ts";
import { cut, halves, partByKinship } from "./split.ts";

/** How long an accepted point proves that the sink takes points. */
const PROOF_MS = 60_000;
/** The writes that a search for bad points may cost while the sink takes nothing. */
const SEARCH_WITHOUT_PROOF = 32;
/** The points of the next batch that are tried when nothing else can prove the sink alive. */
const PEERS = 3;
/** How often a suspect is written in a row: of several servers behind one address only one may refuse everything. */
const CONFIRMATIONS = 3;

export interface DeliveryOptions {
  readonly output: Output;
  readonly maxPoints: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Points that wait behind these: one that the sink takes proves that it does not refuse everything. */
  readonly peers: () => readonly Item[];
  /** Waits until points of so many bytes may be written; what it gives is called when that has been tried. */
  readonly allow?: ((bytes: number, signal: AbortSignal) => Promise<() => void>) | undefined;
  /** A write that the sink does not take is not tried again as long as nothing of the points was taken: `deliver` throws. */
  readonly handsBack?: boolean;
  /** Each write that failed, also one of a search for bad points. */
  readonly onAttempt: (error: WriteError) => void;
  /** The sink takes points. */
  readonly onTaken: () => void;
  /** So many points are kept and tried again, or for the next start when the sink has gone. */
  readonly onTrouble: (error: WriteError, points: number) => void;
}

interface Search {
  /** Refused alone. */
  readonly suspects: Item[];
  readonly refusals: Refusal[];
  /** Those that need no further write: taken, or refused for certain. */
  readonly settled: Set<Item>;
  /** Writes since the sink took something. */
  misses: number;
  /** The sink takes nothing: the search makes no sense. */
  over: boolean;
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
   * @throws WriteError `gone` when the sink has gone for good, any when it hands back; the signal's reason when aborted
   */
  async deliver(load: Load, signal: AbortSignal): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = [];
    for (const [index, run] of this.#runsOf(load).entries())
      refusals.push(...(await this.#settle(run, signal, index === 0)));
    this.#options.onTaken();
    return refusals;
  }

  #runsOf(load: Load): readonly Load[] {
    const { maxPoints, maxBytes } = this.#options;
    if (load.length <= maxPoints && load.bytes.length <= maxBytes) return [load];
    return cut(load.items, maxPoints, maxBytes).map(loadOf);
  }

  /** @param untouched nothing of what was to be delivered has been taken yet */
  async #settle(load: Load, signal: AbortSignal, untouched = false): Promise<readonly Refusal[]> {
    const { onTaken, onTrouble, handsBack = false } = this.#options;
    const backoff = new Backoff();
    const refusals: Refusal[] = [];
    for (let rest = load; ;) {
      const outcome = await this.#attempt(rest, signal);
      if (outcome.taken) {
        refusals.push(...outcome.refused);
        if (outcome.again.length === 0) return refusals;
        if (outcome.again.length < rest.length) {
          onTaken();
          backoff.reset();
        }
        rest = loadOf(outcome.again);
        await backoff.wait(signal);
        continue;
      }
      const { error } = outcome;
      if (error.kind === "too_large" && rest.length > 1) {
        const first = untouched && rest.length === load.length;
        for (const [index, half] of halves(rest.items).entries())
          refusals.push(...(await this.#settle(loadOf(half), signal, first && index === 0)));
        return refusals;
      }
      if (isRefusal(error)) {
        const search = await this.#isolate(rest.items, signal);
        refusals.push(...search.refusals);
        rest = loadOf(rest.items.filter((item) => !search.settled.has(item)));
        if (rest.length === 0) return refusals;
        if (search.settled.size > 0) backoff.reset();
      }
      onTrouble(error, rest.length);
      if (error.kind === "gone" || (handsBack && untouched && rest.length === load.length)) throw error;
      await backoff.wait(signal, error.retryAfterMs);
    }
  }

  /** Splits refused items until the bad ones are alone and the rest is delivered, or the sink turns out to take nothing. */
  async #isolate(items: readonly Item[], signal: AbortSignal): Promise<Search> {
    const search: Search = { suspects: [], refusals: [], settled: new Set(), misses: 0, over: false };
    if ((await this.#proves(signal)) === false) return search;
    await this.#search(items, search, signal);
    if (!search.over) await this.#confirm(search, signal);
    return search;
  }

  async #search(items: readonly Item[], search: Search, signal: AbortSignal): Promise<void> {
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      search.suspects.push(only);
      return;
    }
    for (const part of partByKinship(items)) {
      if (await this.#isOver(search, signal)) return;
      search.misses += 1;
      const outcome = await this.#attempt(loadOf(part), signal);
      if (!outcome.taken && isRefusal(outcome.error)) {
        await this.#search(part, search, signal);
        continue;
      }
      if (outcome.taken) search.refusals.push(...outcome.refused);
      const again = outcome.taken ? outcome.again : part;
      if (again.length > 0) search.refusals.push(...(await this.#settle(loadOf(again), signal)));
      for (const item of part) search.settled.add(item);
      search.misses = 0;
    }
  }

  /** Whether the search has to end, since the sink takes nothing any more. */
  async #isOver(search: Search, signal: AbortSignal): Promise<boolean> {
    if (search.over || search.misses < SEARCH_WITHOUT_PROOF) return search.over;
    search.misses = 0;
    search.over = (await this.#proves(signal)) !== true;
    return search.over;
  }

  /**
   * Writes each suspect again between two points that the sink takes: it may have refused everything for a while, when
   * the search began or in the middle of it. Those that it refuses even so are settled.
   */
  async #confirm(search: Search, signal: AbortSignal): Promise<void> {
    if (search.suspects.length === 0) return;
    if ((await this.#proves(signal)) !== true && !(await this.#peersProve(signal))) return;
    for (const item of search.suspects) {
      const refusals = await this.#refusalsOf(item, signal);
      if (refusals === undefined) return;
      search.refusals.push(...refusals);
      search.settled.add(item);
    }
  }

  /** What came of one suspect: nothing when it is taken; undefined when the sink takes nothing after it. */
  async #refusalsOf(item: Item, signal: AbortSignal): Promise<readonly Refusal[] | undefined> {
    let reason = "";
    for (let count = 0; count < CONFIRMATIONS; count++) {
      const outcome = await this.#attempt(loadOf([item]), signal);
      if (outcome.taken) return outcome.again.length === 0 ? outcome.refused : this.#settle(loadOf([item]), signal);
      if (!isRefusal(outcome.error)) return this.#settle(loadOf([item]), signal);
      reason = outcome.error.message;
    }
    return (await this.#proves(signal)) === true ? [{ item, reason }] : undefined;
  }

  /** Writes a point that was taken within the last minute once more, which changes nothing in a time-series store. */
  async #proves(signal: AbortSignal): Promise<boolean | undefined> {
    const proof = this.#proof;
    if (proof === undefined || performance.now() - proof.at > PROOF_MS) return undefined;
    const first = await this.#attempt(loadOf([proof.item]), signal);
    if (first.taken || !isRefusal(first.error)) return first.taken;
    // Of several servers behind one address the other one may take it.
    return (await this.#attempt(loadOf([proof.item]), signal)).taken;
  }

  async #peersProve(signal: AbortSignal): Promise<boolean> {
    const peers = this.#options.peers();
    for (const peer of [peers[0], peers[peers.length >> 1], peers.at(-1)].slice(0, PEERS)) {
      if (peer !== undefined && (await this.#attempt(loadOf([peer]), signal)).taken) return true;
    }
    return false;
  }

  async #attempt(load: Load, signal: AbortSignal): Promise<Outcome> {
    const { output, timeoutMs, allow, onAttempt } = this.#options;
    const end = await allow?.(load.bytes.length, signal);
    try {
      const outcome = await attempt(output, load, timeoutMs, signal);
      if (outcome.taken) this.#remember(load, outcome);
      else onAttempt(outcome.error);
      return outcome;
    } finally {
      end?.();
    }
  }

  #remember(load: Load, { refused, again }: Outcome & { taken: true }): void {
    const item = lastBut(load, new Set([...refused.map((refusal) => refusal.item), ...again]));
    if (item !== undefined) this.#proof = { item, at: performance.now() };
  }
}

/** Whether it is the points that the sink does not want. A single point that is too large is such a one. */
function isRefusal({ kind }: WriteError): boolean {
  return kind === "refused" || kind === "too_large";
}
