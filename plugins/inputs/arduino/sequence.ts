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

  /** @param received what is stored already, such as before a restart */
  constructor(received: Iterable<number> = []) {
    for (const sequence of received) {
      this.#remember(sequence);
      this.#durable(sequence);
    }
  }

  /** The board says which number comes next, and how many before it are held: what it holds and we lack is missing. */
  announced(next: number, held: number): void {
    for (let back = held; back > 0; back--) {
      const sequence = (next - back + WRAP) % WRAP;
      if (!this.#received.has(sequence)) this.#miss(sequence);
    }
    this.#next ??= next;
  }

  /** A reading has come; false when it was there already. */
  receive(sequence: number): boolean {
    if (this.#received.has(sequence)) return false;
    this.#missing.delete(sequence);
    this.#next ??= sequence;
    const ahead = distance(this.#next, sequence);
    for (let passed = Math.max(0, ahead - MOST_REMEMBERED); passed < ahead; passed++)
      this.#miss((this.#next + passed) % WRAP);
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

  /** Counts a request for what is missing; gives up what was asked for so often, and returns how many those are. */
  asked(most: number): number {
    let lost = 0;
    for (const [sequence, times] of this.#missing)
      if (times < most) this.#missing.set(sequence, times + 1);
      else {
        this.#missing.delete(sequence);
        lost += 1;
      }
    return lost;
  }

  /** Gives up all that is missing; returns how many those are. */
  giveUp(): number {
    const lost = this.#missing.size;
    this.#missing.clear();
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
    if (this.#missing.size < MOST_REMEMBERED && !this.#missing.has(sequence)) this.#missing.set(sequence, 0);
  }

  #remember(sequence: number): void {
    this.#received.add(sequence);
    if (this.#received.size > MOST_REMEMBERED) this.#received.delete(this.#received.values().next().value as number);
  }
}

/** How far `to` is ahead of `from`, modulo 2^32; negative when it is behind. */
function distance(from: number, to: number): number {
  const ahead = (to - from + WRAP) % WRAP;
  return ahead >= WRAP / 2 ? ahead - WRAP : ahead;
}
