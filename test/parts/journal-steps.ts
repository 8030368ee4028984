import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Operation, systemError } from "./faulty-files.ts";
import type { JournalModel } from "./journal-model.ts";

/** Something that happens to a journal. */
export interface JournalStep {
  readonly name: string;
  readonly run: (model: JournalModel) => Promise<void>;
}

const append = fc
  .record({ count: fc.integer({ min: 1, max: 12 }), size: fc.constantFrom(0, 3, 50, 800), waits: fc.boolean() })
  .map(({ count, size, waits }): JournalStep => ({
    name: `append ${count} of ${size}${waits ? ", the sender waits" : ""}`,
    run: async (model) => {
      const done = model.append(count, size, waits);
      if (waits) await done;
    },
  }));

const sync = fc.constant<JournalStep>({
  name: "sync",
  run: async (model) => {
    await model.journal.sync();
    await model.expectNothingMissing();
  },
});

const OPERATIONS: readonly Operation[] = ["open", "write", "sync", "truncate", "syncDirectory", "remove"];

const failing = fc
  .record({
    operation: fc.constantFrom(...OPERATIONS),
    code: fc.constantFrom("EIO", "ENOSPC", "EDQUOT", "EROFS", "EMFILE"),
  })
  .map(({ operation, code }): JournalStep => ({
    name: `${operation} fails with ${code}`,
    run: async (model) => {
      let left = 2;
      model.files.fault = (each, path) => (each === operation && left-- > 0 ? systemError(code, path) : undefined);
      await model.journal.sync();
      model.files.fault = () => undefined;
      await model.expectNothingMissing();
    },
  }));

const deliver = fc.nat(100).map((percent): JournalStep => ({
  name: `${percent}% is delivered and old`,
  run: (model) => model.deliver(percent / 100),
}));

const restart = fc.constant<JournalStep>({
  name: "restart",
  run: async (model) => {
    await model.journal.close();
    await model.expectNoFalseAlarm();
    await model.open();
    if (model.corrupted.size === 0) assert.deepEqual(model.journal.recovered.damage, []);
    await model.expectNothingMissing();
  },
});

/** Something happens while a write is on its way, and ends the journal. */
async function interrupt(model: JournalModel, event: () => void): Promise<void> {
  let open: () => void = () => {};
  model.files.gate = new Promise((resolve) => (open = resolve));
  const writing = model.journal.sync().catch(() => {});
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  event();
  open();
  await model.journal.close().catch(() => {});
  await writing;
}

const kill = fc.constant<JournalStep>({
  name: "kill",
  run: async (model) => {
    model.calm = false;
    await interrupt(model, () => model.files.kill());
    await model.expectNoFalseAlarm();
    await model.open();
    await model.expectNothingMissing();
  },
});

/** Opening fails after some operations, and the power goes again. */
async function failingOpen(model: JournalModel, operations: number, cut: () => void): Promise<void> {
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
  .map(({ numbers, operations }): JournalStep => ({
    name: `power cut ${numbers.join(" ")}${operations === null ? "" : `, again after ${operations} operations`}`,
    run: async (model) => {
      let at = 0;
      model.calm = false;
      const cut = () => model.files.powerCut(() => numbers[at++ % numbers.length] ?? 0);
      await interrupt(model, cut);
      if (operations !== null) await failingOpen(model, operations, cut);
      await model.expectNoFalseAlarm();
      model.losses = [];
      await model.open();
      await model.expectNothingMissing();
      if (model.corrupted.size === 0) assert(model.losses.every((loss) => loss.count === 0));
    },
  }));

const corruption = fc
  .record({ file: fc.nat(), position: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) })
  .map(({ file, position, mask }): JournalStep => ({
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
        if (model.calm && model.corrupted.size === 0 && path.endsWith(".segment"))
          assert((await model.problems()).length > 0, `byte ${at} of ${path} is not noticed`);
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

/** A history of a journal: up to so many things that happen to it. */
export function journalSteps(maxLength: number): fc.Arbitrary<readonly JournalStep[]> {
  const step = fc.oneof(append, append, append, sync, failing, deliver, restart, kill, powerCut, corruption);
  return fc
    .array(step, { maxLength })
    .map((steps) => Object.assign(steps, { [fc.toStringMethod]: () => steps.map(({ name }) => name).join("; ") }));
}
