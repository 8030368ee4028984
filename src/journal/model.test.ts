import assert from "node:assert/strict";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { FaultyFiles, systemError } from "../../test/parts/faulty-files.ts";
import { Journal, type Loss } from "./index.ts";

const DIRECTORY = "/data/journal";

/** What the journal should hold: by the number in each payload. */
class Model {
  files = new FaultyFiles();
  losses: Loss[] = [];
  journal!: Journal;
  /** Readings that were acknowledged or seen, and must be there. */
  readonly durable = new Set<number>();
  /** Which reading was seen at an offset. */
  readonly seen = new Map<number, number>();
  appended = 0;
  /** The files that have a changed byte: two in one file may cost more than two readings. */
  readonly corrupted = new Set<string>();

  async open(): Promise<void> {
    this.journal = await Journal.open({
      directory: DIRECTORY,
      durability: "disk",
      syncWithinMs: 60_000,
      maxSize: 64 * 1024 * 1024,
      segmentSize: 700,
      maxAgeMs: 1e12,
      whenFull: "block",
      files: this.files,
      onLoss: (loss) => this.losses.push(loss),
    });
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
    return [...this.durable].filter((number) => !found.has(number));
  }

  forget(missing: readonly number[]): void {
    for (const number of missing) this.durable.delete(number);
  }
}

interface Step {
  readonly name: string;
  readonly run: (model: Model) => Promise<void>;
}

const expectNothingMissing = async (model: Model) => assert.deepEqual(await model.check(), []);

const append = fc
  .record({ count: fc.integer({ min: 1, max: 12 }), size: fc.constantFrom(0, 3, 50, 800), waits: fc.boolean() })
  .map(({ count, size, waits }): Step => ({
    name: `append ${count} of ${size}${waits ? ", the sender waits" : ""}`,
    run: async (model) => {
      const done = model.append(count, size, waits);
      if (waits) await done;
    },
  }));

const sync = fc.constant<Step>({
  name: "sync",
  run: async (model) => {
    await model.journal.sync();
    await expectNothingMissing(model);
  },
});

const failingSync = fc.constantFrom("write" as const, "sync" as const).map((operation): Step => ({
  name: `a failing ${operation}`,
  run: async (model) => {
    let left = 2;
    model.files.fault = (each, path) => (each === operation && left-- > 0 ? systemError("EIO", path) : undefined);
    await model.journal.sync();
    model.files.fault = () => undefined;
    await expectNothingMissing(model);
  },
}));

const restart = fc.constant<Step>({
  name: "restart",
  run: async (model) => {
    await model.journal.close();
    await model.open();
    if (model.corrupted.size === 0) assert.deepEqual(model.journal.recovered.damage, []);
    await expectNothingMissing(model);
  },
});

/** Something happens while a write is on its way, and ends the journal. */
async function interrupt(model: Model, event: () => void): Promise<void> {
  let open: () => void = () => {};
  model.files.gate = new Promise((resolve) => (open = resolve));
  const writing = model.journal.sync().catch(() => {});
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  event();
  open();
  await model.journal.close().catch(() => {});
  await writing;
}

const kill = fc.constant<Step>({
  name: "kill",
  run: async (model) => {
    await interrupt(model, () => model.files.kill());
    await model.open();
    await expectNothingMissing(model);
  },
});

/** Opening fails after some operations, and the power goes again. */
async function failingOpen(model: Model, operations: number, cut: () => void): Promise<void> {
  let left = operations;
  model.files.fault = (_, path) => (left-- > 0 ? undefined : systemError("EIO", path));
  const opened = await model.open().then(
    () => true,
    () => false,
  );
  cut();
  model.files.fault = () => undefined;
  if (opened) await model.journal.close().catch(() => {});
}

const powerCut = fc
  .record({
    numbers: fc.array(
      fc.nat(999).map((thousandths) => thousandths / 1000),
      { minLength: 1, maxLength: 20 },
    ),
    operations: fc.option(fc.nat(20)),
  })
  .map(({ numbers, operations }): Step => ({
    name: `power cut ${numbers.join(" ")}${operations === null ? "" : `, again after ${operations} operations`}`,
    run: async (model) => {
      let at = 0;
      const cut = () => model.files.powerCut(() => numbers[at++ % numbers.length] ?? 0);
      await interrupt(model, cut);
      if (operations !== null) await failingOpen(model, operations, cut);
      model.losses = [];
      await model.open();
      await expectNothingMissing(model);
      if (model.corrupted.size === 0) assert(model.losses.every((loss) => loss.count === 0));
    },
  }));

const corruption = fc
  .record({ file: fc.nat(), position: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) })
  .map(({ file, position, mask }): Step => ({
    name: `byte ${position} of file ${file} changed by ${mask}`,
    run: async (model) => {
      await model.journal.close();
      const paths = model.files.paths().filter((each) => !model.corrupted.has(each));
      const path = paths[file % paths.length];
      if (path !== undefined && model.files.content(path).length > 0) {
        const bytes = model.files.content(path);
        const at = position % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);
        model.files.replace(path, bytes);
        model.corrupted.add(path);
      }
      model.losses = [];
      await model.open();
      const missing = await model.check();
      assert(missing.length <= 1);
      assert(missing.length === 0 || model.losses.length > 0);
      model.forget(missing);
    },
  }));

it("keeps what was acknowledged through power cuts, kills and failing disks, and loses to a changed byte one reading", async () => {
  const steps = fc.array(fc.oneof(append, append, append, sync, failingSync, restart, kill, powerCut, corruption), {
    maxLength: 25,
  });
  const property = fc.asyncProperty(
    steps.map((each) => ({ steps: each, toString: () => each.map(({ name }) => name).join("; ") })),
    async ({ steps }) => {
      const model = new Model();
      await model.open();
      for (const step of steps) await step.run(model);
      await model.journal.close();
    },
  );
  await expect(fc.assert(property, { numRuns: 300 })).resolves.toBeUndefined();
});
