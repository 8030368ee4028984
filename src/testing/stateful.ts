import assert from "node:assert/strict";
import type { Stateful } from "../plugin/index.ts";

/**
 * Runs the steps in one go, and again cut at several places: saved, restored in a new instance, gone on.
 * @throws Error when the results differ, or when the state is not plain JSON
 */
export function checkCuts<Instance extends Stateful, Item>(
  create: () => Instance,
  items: readonly Item[],
  step: (instance: Instance, item: Item) => unknown,
): void {
  const whole = create();
  const expected = items.map((item) => step(whole, item));
  for (const cut of [0, 1, Math.floor(items.length / 2), items.length - 1, items.length]) {
    const first = create();
    assert.equal(typeof first.save, typeof first.restore, "save and restore belong together");
    const before = items.slice(0, cut).map((item) => step(first, item));
    const second = create();
    second.restore?.(carried(first.save?.()));
    const after = items.slice(cut).map((item) => step(second, item));
    assert.deepStrictEqual([...before, ...after], expected, `cut before item ${cut}, the results differ`);
  }
}

/** A state as it comes back from the disk. */
function carried(state: unknown): unknown {
  if (state === undefined) return undefined;
  const read: unknown = JSON.parse(JSON.stringify(state));
  assert.deepStrictEqual(read, state, "the state is not plain JSON");
  return read;
}

/** @throws Error when a value is not the same after a trip to another process */
export function checkCloneable(value: unknown): void {
  assert.deepStrictEqual(structuredClone(value), value, "the result is not structured-cloneable");
}
