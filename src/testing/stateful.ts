import assert from "node:assert/strict";
import type { DecoderPlugin, ProcessorPlugin, Stateful } from "../plugin/index.ts";

/** The functions by which a step shows that it remembers something. */
const REMEMBERING = ["save", "restore", "deadline", "flush"] as const;

/** @throws Error when a step that remembers something does not say so, or says it by halves */
export function checkRemembering(plugin: DecoderPlugin | ProcessorPlugin, instance: Stateful): void {
  const has = (name: (typeof REMEMBERING)[number]) => typeof (instance as Record<string, unknown>)[name] === "function";
  assert.equal(has("save"), has("restore"), "save and restore belong together");
  assert.equal(has("deadline"), has("flush"), "deadline and flush belong together");
  const found = REMEMBERING.filter(has);
  if (found.length === 0) return;
  assert.equal(plugin.ordered, true, `it has ${found.join(" and ")}, and does not say \`ordered: true\``);
  const { lookback = 0 } = instance;
  assert.ok(Number.isFinite(lookback) && lookback >= 0, "its lookback is no number of milliseconds");
}

/**
 * Runs the steps in one go, and again cut at several places: saved, restored in an instance that has seen something
 * else, gone on.
 * @throws Error when the results differ, or when the state is not plain JSON
 */
export function checkCuts<Instance extends Stateful, Item>(
  create: () => Instance,
  items: readonly Item[],
  step: (instance: Instance, item: Item) => unknown,
): void {
  const whole = create();
  const expected = items.map((item) => step(whole, item));
  for (const cut of cutsOf(items.length)) {
    const first = create();
    const before = items.slice(0, cut).map((item) => step(first, item));
    const second = create();
    if (second.restore !== undefined) for (const item of items.slice(0, 30)) step(second, item);
    second.restore?.(carried(first.save?.()));
    const after = items.slice(cut).map((item) => step(second, item));
    assert.deepStrictEqual([...before, ...after], expected, `cut before item ${cut}, the results differ`);
  }
}

/** The beginning, the end, and places in between. */
function cutsOf(length: number): ReadonlySet<number> {
  const between = Array.from({ length: 16 }, (_, index) => Math.floor((index * length) / 16));
  return new Set([0, 1, ...between, length - 1, length]);
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
