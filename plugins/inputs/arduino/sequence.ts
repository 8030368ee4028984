const WRAP = 2 ** 32;
/** More than any board holds: of what is further back nothing can come again. */
const MOST_REMEMBERED = 1_024;

/** What became of the readings of one board between two losses of its memory, by their sequence numbers. */
export class SequenceLog {
  /** The number that the next new reading has; undefined before the first. */
  #next: number | undefined;
  /** Numbers that were passed over, and so often asked for. */
  readonly #missing = new Map<number, number>();
  /** Those that have come, the latest ones. */
  readonly #received = new Set<number>();
  /** Received and not yet durable, in the order of arrival. */
  readonly #pending = new Set<number>();
  #newestDurable: number | undefined;
  #acknowledged: number | undefined;
  /** Given up, and not yet told. */
  #lost = 0;

  /** @param stored the numbers that are stored already, such as before a restart, in the order in which they came */
  constructor(stored: readonly number[] = []) {
    for (const sequence of stored) {
      this.#remember(sequence);
      this.#durable(sequence);
    }
    if (this.#newestDurable !== undefined) this.#next = (this.#newestDurable + 1) % WRAP;
  }

  /** Whether a number that the board gives next has been given already: it has lost its memory, and does not know. */
  isPast(next: number): boolean {
    return this.#next !== undefined && distance(next, this.#next) > 0;
  }

  /**
   * The board says which number comes next, and how many before it are held: what it holds and we lack is missing, what it holds
   * no more is lost. `next` is not past.
   */
  announced(next: number, held: number): void {
    const oldest = (next - held + WRAP) % WRAP;
    for (const sequence of this.#missing.keys()) if (distance(oldest, sequence) < 0) this.#lose(sequence);
    this.#lost += Math.max(0, distance(this.#next ?? oldest, oldest));
    for (let back = held; back > 0; back--) {
      const sequence = (next - back + WRAP) % WRAP;
      if (!this.#received.has(sequence)) this.#miss(sequence);
    }
    this.#next = next;
  }

  /** A reading has come; false when it was there already. */
  receive(sequence: number): boolean {
    if (this.#received.has(sequence)) return false;
    this.#missing.delete(sequence);
    this.#next ??= sequence;
    const ahead = distance(this.#next, sequence);
    const tooMany = Math.max(0, ahead - MOST_REMEMBERED);
    this.#lost += tooMany;
    for (let passed = tooMany; passed < ahead; passed++) this.#miss((this.#next + passed) % WRAP);
    if (ahead >= 0) this.#next = (sequence + 1) % WRAP;
    this.#remember(sequence);
    this.#pending.add(sequence);
    return true;
  }

  /** A reading that was received is durable. */
  stored(sequence: number): void {
    this.#pending.delete(sequence);
    this.#durable(sequence);
  }

  /** A reading that was received could not be kept: it may come again. */
  refused(sequence: number): void {
    this.#pending.delete(sequence);
    this.#received.delete(sequence);
    this.#miss(sequence);
  }

  /** The first missing number, when there is one. */
  get firstMissing(): number | undefined {
    return this.#missing.keys().next().value;
  }

  /** Counts a request for what is missing; gives up what was asked for so often. */
  asked(most: number): void {
    for (const [sequence, times] of this.#missing)
      if (times < most) this.#missing.set(sequence, times + 1);
      else this.#lose(sequence);
  }

  /** Gives up all that is missing. */
  giveUp(): void {
    for (const sequence of this.#missing.keys()) this.#lose(sequence);
  }

  /** So many of another sequence have been given up. */
  lost(readings: number): void {
    this.#lost += readings;
  }

  /** How many have been given up since it was last told. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  /** What can be acknowledged and was not yet: the newest number up to which nothing is missing or on its way. */
  toAcknowledge(): number | undefined {
    const open = [...this.#missing.keys(), ...this.#pending];
    let newest = this.#newestDurable;
    for (const sequence of open)
      if (newest !== undefined && distance(sequence, newest) >= 0) newest = (sequence - 1 + WRAP) % WRAP;
    if (newest === undefined || newest === this.#acknowledged) return undefined;
    if (this.#acknowledged !== undefined && distance(this.#acknowledged, newest) < 0) return undefined;
    return newest;
  }

  acknowledged(sequence: number): void {
    this.#acknowledged = sequence;
  }

  #durable(sequence: number): void {
    if (this.#newestDurable === undefined || distance(this.#newestDurable, sequence) > 0)
      this.#newestDurable = sequence;
  }

  #miss(sequence: number): void {
    if (this.#missing.has(sequence)) return;
    if (this.#missing.size === MOST_REMEMBERED) this.#lost += 1;
    else this.#missing.set(sequence, 0);
  }

  #lose(sequence: number): void {
    this.#missing.delete(sequence);
    this.#lost += 1;
  }

  #remember(sequence: number): void {
    this.#received.delete(sequence);
    this.#received.add(sequence);
    if (this.#received.size > MOST_REMEMBERED) this.#received.delete(this.#received.values().next().value as number);
  }
}

/** Of numbers in the order in which they came those that are of the board's present run: all after the last one that is yet to come. */
export function ofThisRun(stored: readonly number[], next: number): readonly number[] {
  return stored.slice(stored.findLastIndex((sequence) => distance(next, sequence) >= 0) + 1);
}

/** How far `to` is ahead of `from`, modulo 2^32; negative when it is behind. */
function distance(from: number, to: number): number {
  const ahead = (to - from + WRAP) % WRAP;
  return ahead >= WRAP / 2 ? ahead - WRAP : ahead;
}
