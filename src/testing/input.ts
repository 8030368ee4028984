import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Clock } from "../model/index.ts";
import type { InputContext, InputPlugin, Log } from "../plugin/index.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { disturbed } from "./disturb.ts";
import { settingsOf } from "./examples.ts";
import { settled } from "./settle.ts";
import { checkCloneable } from "./stateful.ts";

const CHANNELS = ["", "/", "bbq/grill/temp", "a/b/c/d/e/f", "é/😀", "\0", "x".repeat(65_535), "$SYS/x", "+/#"];
/** Long enough for it to begin, and it may not have got anywhere. */
const RUN_MS = 50;

export const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What an input does; it is run only with the live settings. */
export function inputTests(plugin: InputPlugin, live: readonly string[]): ConformanceTest[] {
  const tests: ConformanceTest[] = [
    { name: "says the same of a channel always, and of every channel", run: () => checkOrigins(plugin) },
    { name: "claims the same things always", run: () => checkClaims(plugin) },
  ];
  if (live.length === 0) return tests;
  return [
    ...tests,
    {
      name: "stops promptly when it is told to",
      run: () => forEach(live, (example) => checkStop(plugin, example, RUN_MS)),
    },
    {
      name: "stops when it was told to before it began",
      run: () => forEach(live, (example) => checkStop(plugin, example, 0)),
    },
  ];
}

async function forEach(examples: readonly string[], run: (example: string) => Promise<void>): Promise<void> {
  for (const example of examples) await run(example);
}

function checkOrigins(plugin: InputPlugin): void {
  for (const example of plugin.examples) {
    const settings = settingsOf(plugin, example);
    const origins = () => {
      const originOf = plugin.origin?.(settings);
      return CHANNELS.map((channel) => originOf?.(channel));
    };
    const expected = origins();
    checkCloneable(expected);
    assert.deepStrictEqual(disturbed(origins), expected, "what it says of a channel depends on the surroundings");
  }
}

function checkClaims(plugin: InputPlugin): void {
  for (const example of plugin.examples) {
    const settings = settingsOf(plugin, example);
    const claims = () => plugin.claims?.(settings);
    checkCloneable(claims());
    assert.deepStrictEqual(disturbed(claims), claims(), "its claims depend on the surroundings");
  }
}

/** Resolved or rejected: once it is being stopped either will do. */
async function checkStop(plugin: InputPlugin, example: string, afterMs: number): Promise<void> {
  const input = plugin.create(settingsOf(plugin, example), contextOf());
  const stop = new AbortController();
  if (afterMs === 0) stop.abort();
  const ended = input.run(() => Promise.resolve(), stop.signal).catch(() => undefined);
  await sleep(afterMs);
  stop.abort();
  await settled("the input did not stop", ended);
}

function contextOf(): InputContext {
  const clock = new Clock();
  let remembered: unknown;
  return {
    id: "sample",
    log: SILENT,
    takeTime: (bytes) => clock.take(bytes),
    observing: false,
    recent: () => [],
    memory: {
      load: () => Promise.resolve(remembered),
      save: (value) => {
        remembered = value;
        return Promise.resolve();
      },
    },
    report: () => {},
    count: () => {},
  };
}
