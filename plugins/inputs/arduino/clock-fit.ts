/** Points of the fit at the most, and how far back they reach in milliseconds of the board's clock. */
const MOST = 256;
const REACH_MS = 600_000;
/** A resonator is within 0.5 %; more than this is no clock. */
const MOST_DRIFT = 0.02;
const WRAP = 2 ** 32;
/** Points lie at least so far apart at first, and twice as far whenever they have become too many. */
const LEAST_SPACING_MS = 20;
/**
 * No delay brings a reading earlier than the line says: when one is, by more than a bad fit explains, a clock has jumped. When
 * so many readings in such a time are all late by more than this, the board's clock has stood still for a while.
 */
const JUMP_MS = 4;
const SURE_READINGS = 32;
const SURE_MS = 10_000;

interface Seen {
  /** The board's clock, without its wrap. */
  readonly clock: number;
  /** When it arrived less that. */
  readonly behind: number;
}

/**
 * A board's clock in terms of ours. What arrives is late by some delay that is never negative, so the line below all
 * points of (clock, arrival - clock) that lies closest to them is the clock without delays: the edge of their lower
 * convex hull under their mean (Moon, Skelly and Towsley, "Estimation and Removal of Clock Skew from Network Delay
 * Measurements", INFOCOM 1999).
 */
export class ClockFit {
  #seen: Seen[] = [];
  #spacingMs = LEAST_SPACING_MS;
  /** The latest readings, when all of them are late by more than delays are for long. */
  #tardy: Seen[] = [];
  #turns = 0;
  #last: number | undefined;
  #line = { clock: 0, behind: 0, slope: 0 };
  /** How late the latest ones came, in milliseconds. */
  readonly #late: number[] = [];

  /** Takes note of one reading's clock (milliseconds, modulo 2^32) and of when its first byte can have been sent. */
  add(clock: number, arrivedMs: number): void {
    const whole = this.#unwrap(clock);
    const seen = { clock: whole, behind: arrivedMs - whole };
    this.#noticeJump(seen);
    this.#keep(seen);
    this.#fit();
    this.#late.push(seen.behind - this.#behindAt(whole));
    if (this.#late.length > MOST) this.#late.shift();
  }

  /** When a clock of the board was, in our milliseconds; it may be the one that came last. */
  at(clock: number): number {
    const whole = this.#unwrap(clock);
    return whole + this.#behindAt(whole);
  }

  /** By how much the board's clock is fast, in parts per million. */
  get driftPpm(): number {
    return (-this.#line.slope / (1 + this.#line.slope)) * 1e6;
  }

  /** How late nine of ten readings came at most beside the quickest ones, in milliseconds. */
  get jitterMs(): number {
    const sorted = this.#late.toSorted((one, other) => one - other);
    return sorted[Math.floor(sorted.length * 0.9)] ?? 0;
  }

  #unwrap(clock: number): number {
    const last = this.#last ?? clock;
    // A little back is a reading that was overtaken, far back is the clock's wrap.
    if (clock - last < -WRAP / 2) this.#turns += 1;
    this.#last = clock;
    return clock + this.#turns * WRAP;
  }

  /** After a jump only what came since then counts. */
  #noticeJump(seen: Seen): void {
    const late = seen.behind - this.#behindAt(seen.clock);
    if (this.#seen.length > 0 && late < -JUMP_MS) this.#startWith([]);
    if (late <= JUMP_MS) this.#tardy = [];
    else this.#tardy.push(seen);
    const [first] = this.#tardy;
    if (first === undefined || this.#tardy.length < SURE_READINGS) return;
    if (seen.clock - first.clock >= SURE_MS) this.#startWith(this.#tardy);
    // Of many in a short time a part will do.
    else if (this.#tardy.length > MOST) this.#tardy = this.#tardy.filter((_, index) => index % 2 === 0);
  }

  #startWith(points: readonly Seen[]): void {
    this.#seen = [...points];
    this.#tardy = [];
    this.#spacingMs = LEAST_SPACING_MS;
  }

  #keep(seen: Seen): void {
    const all = this.#seen;
    // Of readings that lie close together the quickest one says it all.
    const close = all.length > 1 && seen.clock - (all.at(-2) as Seen).clock < this.#spacingMs;
    if (!close) all.push(seen);
    else if (seen.behind < (all.at(-1) as Seen).behind) all[all.length - 1] = seen;
    while (seen.clock - (all[0] as Seen).clock > REACH_MS) all.shift();
    if (all.length > MOST) this.#thin();
  }

  /** Keeps the quicker one of every two points. */
  #thin(): void {
    this.#spacingMs *= 2;
    const late = ({ clock, behind }: Seen) => behind - this.#behindAt(clock);
    this.#seen = this.#seen.flatMap((point, index, all) => {
      const other = all[index + 1];
      if (index % 2 === 1) return [];
      return [other === undefined || late(point) <= late(other) ? point : other];
    });
  }

  #fit(): void {
    const mean = this.#seen.reduce((sum, { clock }) => sum + clock, 0) / this.#seen.length;
    const hull = lowerHull(this.#seen);
    const next = hull.findIndex(({ clock }) => clock > mean);
    const from = hull[Math.max(0, next - 1)] as Seen;
    const to = hull[Math.max(0, next)] as Seen;
    const slope = to.clock === from.clock ? 0 : (to.behind - from.behind) / (to.clock - from.clock);
    this.#line = { ...from, slope: Math.min(Math.max(slope, -MOST_DRIFT), MOST_DRIFT) };
  }

  #behindAt(clock: number): number {
    return this.#line.behind + (clock - this.#line.clock) * this.#line.slope;
  }
}

/** The points that no line between others passes below, by their clock (Andrew's monotone chain). */
function lowerHull(points: readonly Seen[]): Seen[] {
  const hull: Seen[] = [];
  for (const point of points) {
    while (hull.length > 1 && !turnsLeft(hull.at(-2) as Seen, hull.at(-1) as Seen, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

function turnsLeft(one: Seen, two: Seen, three: Seen): boolean {
  return (two.clock - one.clock) * (three.behind - one.behind) > (two.behind - one.behind) * (three.clock - one.clock);
}
