import assert from "node:assert/strict";
import type { Point } from "../model/index.ts";
import type { Processed, Processor, ProcessorPlugin } from "../plugin/index.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { checkPoint } from "./decoder.ts";
import { disturbed } from "./disturb.ts";
import { readExample, settingsOf, wordsOf } from "./examples.ts";
import { chance, samplePoints } from "./samples.ts";
import { checkCloneable, checkCuts } from "./stateful.ts";

/** What a processor does. */
export function processorTests(plugin: ProcessorPlugin): ConformanceTest[] {
  const each = (run: (create: () => Processor, points: readonly Point[]) => void) => () => {
    for (const [index, example] of plugin.examples.entries()) {
      const settings = settingsOf(plugin, example);
      const words = wordsOf(readExample(plugin, example, "failsafe"));
      run(() => plugin.create(settings), samplePoints(words, 200, index + 1));
    }
  };
  return [
    {
      name: "gives points and rejections that are plain and whole, and leaves the given points as they are",
      run: each((create, points) => {
        const before = structuredClone(points);
        const processed = resultOf(create().process(points));
        assert.deepStrictEqual(points, before, "the given points were changed");
        checkProcessed(processed, points);
      }),
    },
    {
      name: "processes the same in another time zone, locale, time and run of chance",
      run: each((create, points) => {
        const process = () => resultOf(create().process(points));
        const expected = process();
        assert.deepStrictEqual(process(), expected, "the second time the results differ");
        assert.deepStrictEqual(disturbed(process), expected, "the results depend on the surroundings");
      }),
    },
    {
      name: "processes the same however the points are put together",
      run: each((create, points) => {
        const expected = resultOf(create().process(points));
        for (const seed of [1, 2]) {
          const processor = create();
          const parts = split(points, seed).map((part) => resultOf(processor.process(part)));
          assert.deepStrictEqual(joined(parts), expected, "the results depend on the batches");
        }
      }),
    },
    {
      name: "goes on after a restart as if there had been none",
      run: each((create, points) => {
        checkCuts(create, points, (processor, point) => resultOf(processor.process([point])));
      }),
    },
  ];
}

function resultOf(result: readonly Point[] | Processed): Required<Processed> {
  return "points" in result ? { rejected: [], ...result } : { points: result, rejected: [] };
}

function joined(parts: readonly Required<Processed>[]): Required<Processed> {
  return { points: parts.flatMap(({ points }) => points), rejected: parts.flatMap(({ rejected }) => rejected) };
}

/** Batches of no, one and more points. */
function split(points: readonly Point[], seed: number): Point[][] {
  const random = chance(seed);
  const batches: Point[][] = [[]];
  for (const point of points) {
    while (random() < 0.4) batches.push([]);
    batches.at(-1)?.push(point);
  }
  return batches;
}

function checkProcessed(processed: Required<Processed>, given: readonly Point[]): void {
  checkCloneable(processed);
  const offsets = new Set(given.map(({ offset }) => offset));
  for (const point of processed.points) {
    checkPoint(point);
    assert.ok(offsets.has(point.offset), "a point has an offset that no given point had");
  }
  for (const { reason, point } of processed.rejected) {
    assert.ok(reason.trim() !== "", "a rejection gives no reason");
    assert.ok(offsets.has(point.offset), "a rejected point is none of those given");
  }
}
