import { describe, expect, it } from "vitest";
import { FaultyFiles } from "../../test/parts/faulty-files.ts";
import { arrivals, openJournal } from "../../test/parts/journal.ts";
import type { Journal } from "./index.ts";

const DAY_MS = 86_400_000;
const YEAR_2026 = Date.UTC(2026, 5, 1);
const YEAR_2106 = Date.UTC(2106, 1, 7);
const YEAR_1970 = 0;

/** A machine with a wall clock that anybody may set, and time that passes. */
class Machine {
  readonly files = new FaultyFiles();
  wall = YEAR_2026;
  #uptime = 0;

  pass(ms: number): void {
    this.wall += ms;
    this.#uptime += ms;
  }

  /** Opens the journal as after a boot: the time since boot begins anew. */
  async boot(wall: number): Promise<Journal> {
    this.wall = wall;
    this.#uptime = 0;
    return openJournal(this.files, {
      segmentSize: 4_000,
      maxAgeMs: 7 * DAY_MS,
      now: () => this.wall,
      monotonic: () => this.#uptime,
    });
  }

  /** Four segments' worth, all of it delivered. */
  async fill(journal: Journal): Promise<void> {
    await journal.append("grill", arrivals(journal.end, 100, 100), { senderWaits: true });
    journal.setDelivered(journal.end, journal.end);
  }
}

describe("the age of what is delivered", () => {
  it.each([
    ["2106", YEAR_2106],
    ["1970", YEAR_1970],
  ])("does not change when the wall clock jumps to %s, nor when that is undone", async (_, jump) => {
    const machine = new Machine();
    const journal = await machine.boot(YEAR_2026);
    await machine.fill(journal);
    machine.wall = jump;
    await machine.fill(journal);
    machine.pass(DAY_MS);
    await machine.fill(journal);
    machine.wall = YEAR_2026;
    await machine.fill(journal);
    expect(journal.begin).toBe(0);
    machine.pass(7 * DAY_MS);
    await machine.fill(journal);
    expect(journal.begin).toBeGreaterThan(300);
    await journal.close();
  });

  it.each([
    ["2106", YEAR_2106],
    ["1970", YEAR_1970],
  ])("does not change when a board without a battery starts in %s and its clock is set later", async (_, start) => {
    const machine = new Machine();
    const before = await machine.boot(YEAR_2026);
    await machine.fill(before);
    machine.pass(DAY_MS);
    await before.close();
    const journal = await machine.boot(start);
    await machine.fill(journal);
    machine.wall = YEAR_2026 + 2 * DAY_MS;
    await machine.fill(journal);
    expect(journal.begin).toBe(0);
    machine.pass(5 * DAY_MS);
    await machine.fill(journal);
    expect(journal.begin).toBe(0);
    machine.pass(2 * DAY_MS);
    await machine.fill(journal);
    expect(journal.begin).toBeGreaterThan(0);
    await journal.close();
  });

  it("is counted over restarts, so that what is old goes also where nobody runs for a week on end", async () => {
    const machine = new Machine();
    for (let day = 0; day < 10; day++) {
      const journal = await machine.boot(day % 2 === 0 ? YEAR_1970 : YEAR_2106);
      await machine.fill(journal);
      machine.pass(DAY_MS);
      await machine.fill(journal);
      expect(journal.begin === 0).toBe(day < 6);
      await journal.close();
    }
  });
});
