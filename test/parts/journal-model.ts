import assert from "node:assert/strict";
import { Journal, type JournalProblem, type Loss, verifyJournal } from "../../src/journal/index.ts";
import { FaultyFiles } from "./faulty-files.ts";
import { DIRECTORY } from "./journal.ts";

const HOUR_MS = 3_600_000;

/** What the journal should hold: by the number in each payload. */
export class JournalModel {
  files = new FaultyFiles();
  losses: Loss[] = [];
  journal!: Journal;
  /** Readings that were acknowledged or seen, and must be there. */
  readonly durable = new Set<number>();
  /** Which reading was seen at an offset. */
  readonly seen = new Map<number, number>();
  appended = 0;
  /** The outputs have delivered what is below: it may go. */
  delivered = 0;
  /** Nothing has ended the journal but its own end. */
  calm = true;
  monotonic = 0;
  /** The files that have a changed byte: two in one file may cost more than two readings. */
  readonly corrupted = new Set<string>();

  async open(): Promise<void> {
    this.journal = await Journal.open({
      directory: DIRECTORY,
      durability: "disk",
      syncWithinMs: 60_000,
      maxSize: 64 * 1024 * 1024,
      segmentSize: 700,
      maxAgeMs: HOUR_MS,
      monotonic: () => this.monotonic,
      whenFull: "block",
      files: this.files,
      onLoss: (loss) => this.losses.push(loss),
    });
    this.journal.setDelivered(this.delivered, this.delivered);
  }

  /** Some hours later everything up to a part of the journal is delivered. */
  async deliver(part: number): Promise<void> {
    await this.expectNothingMissing();
    this.delivered = Math.max(this.delivered, Math.floor(this.journal.end * part));
    this.monotonic += 2 * HOUR_MS;
    this.journal.setDelivered(this.delivered, this.delivered);
  }

  /** What verify says of the files as they lie there. */
  async problems(): Promise<JournalProblem[]> {
    const problems: JournalProblem[] = [];
    const { files } = this;
    const { signal } = new AbortController();
    await verifyJournal(DIRECTORY, { files, signal, onProblem: (problem) => problems.push(problem) });
    return problems;
  }

  /** A crash leaves nothing behind that looks like damage. */
  async expectNoFalseAlarm(): Promise<void> {
    if (this.corrupted.size > 0) return;
    const problems = (await this.problems()).filter(({ kind }) => kind !== "torn");
    assert.deepEqual(problems, []);
  }

  async expectNothingMissing(): Promise<void> {
    assert.deepEqual(await this.check(), []);
  }

  /** Appends without waiting; what is acknowledged is noted. */
  append(count: number, size: number, senderWaits: boolean): Promise<unknown> {
    const numbers = Array.from({ length: count }, () => this.appended++);
    const arrivals = numbers.map((number) => ({
      channel: `channel ${number % 5}`,
      payload: Buffer.from(`${number} ${"x".repeat(size)}`),
      time: { seconds: 1_790_000_000, nanos: number },
    }));
    const acknowledged = this.journal.append(`input ${count % 2}`, arrivals, { senderWaits });
    return acknowledged.then(
      () => numbers.forEach((number) => this.durable.add(number)),
      () => {},
    );
  }

  /** Reads all, checks it against what is known; returns the durable readings that are missing. */
  async check(): Promise<number[]> {
    const found = new Set<number>();
    let last = -1;
    for (let next = 0; next < this.journal.end;) {
      const block = await this.journal.read(next, 200);
      assert(block.next > next);
      next = block.next;
      for (const entry of block.entries) {
        if (entry.kind !== "reading") continue;
        const number = Number.parseInt(Buffer.from(entry.payload).toString(), 10);
        assert(entry.offset > last);
        last = entry.offset;
        assert.equal(number, entry.time.nanos);
        assert.equal(entry.channel, `channel ${number % 5}`);
        assert(!found.has(number));
        assert.equal(this.seen.get(entry.offset) ?? number, number);
        this.seen.set(entry.offset, number);
        found.add(number);
        // An output may have delivered what it saw.
        this.durable.add(number);
      }
    }
    for (const [offset, number] of this.seen) if (offset < this.delivered) this.durable.delete(number);
    return [...this.durable].filter((number) => !found.has(number));
  }

  forget(missing: readonly number[]): void {
    for (const number of missing) this.durable.delete(number);
  }
}
