import assert from "node:assert/strict";
import { type Point, TextBuffer } from "../model/index.ts";
import { batchOf, type Output, type OutputPlugin } from "../plugin/index.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { disturbed } from "./disturb.ts";
import { readExample, settingsOf, wordsOf } from "./examples.ts";
import { SILENT } from "./input.ts";
import { samplePoints } from "./samples.ts";
import { settled } from "./settle.ts";

/** What an output does; it is written to only with the live settings. */
export function outputTests(plugin: OutputPlugin, live: readonly string[]): ConformanceTest[] {
  const name = "encodes any point the same in any surroundings, or throws an Error with the reason";
  const tests: ConformanceTest[] = [{ name, run: () => checkEncode(plugin) }];
  if (live.length === 0) return tests;
  const write = {
    name: "writes, or rejects with a WriteError, and stops promptly",
    run: () => checkWrites(plugin, live),
  };
  return [...tests, write];
}

function create(plugin: OutputPlugin, example: string): Output {
  return plugin.create(settingsOf(plugin, example), { id: "sample", log: SILENT, sent: () => undefined });
}

async function checkEncode(plugin: OutputPlugin): Promise<void> {
  for (const [index, example] of plugin.examples.entries()) {
    const output = create(plugin, example);
    const words = wordsOf(readExample(plugin, example, "failsafe"));
    const points = samplePoints(words, 200, index + 1);
    const encode = () => points.map((point) => encoded(output, point));
    const expected = encode();
    assert.deepStrictEqual(disturbed(encode), expected, "what it writes depends on the surroundings");
    await output.close?.();
  }
}

/** The text, or the reason why there is none. */
function encoded(output: Output, point: Point): string | { readonly reason: string } {
  try {
    return textOf(output, point);
  } catch (error) {
    assert.ok(error instanceof Error && error.message !== "", "encode throws something without a reason");
    return { reason: error.message };
  }
}

function textOf(output: Output, point: Point): string {
  const into = new TextBuffer();
  output.encode(point, into);
  return into.toString();
}

async function checkWrites(plugin: OutputPlugin, live: readonly string[]): Promise<void> {
  for (const example of live) {
    const output = create(plugin, example);
    const time = { seconds: 1_790_000_000, nanos: 0 };
    const point: Point = { measurement: "sample", tags: new Map(), fields: new Map([["value", 1]]), time, offset: 0 };
    const batch = batchOf([textOf(output, point)]);
    for (const signal of [AbortSignal.timeout(1_000), AbortSignal.abort()]) {
      const written = output.write(batch, signal).catch((error: unknown) => {
        // By name: a plugin may bring a copy of the class of its own.
        assert.equal((error as Partial<Error> | undefined)?.name, "WriteError", `write rejects with ${String(error)}`);
      });
      await settled("the output did not stop", written);
    }
    await settled("the output did not close", output.close?.() ?? Promise.resolve());
  }
}
