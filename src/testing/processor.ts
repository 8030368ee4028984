import assert from "node:assert/strict";
import type { Point } from "../model/index.ts";
import type { Processor, ProcessorPlugin } from "../plugin/index.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { checkPoint } from "./decoder.ts";
import { disturbed } from "./disturb.ts";
import { readExample, settingsOf, wordsOf } from "./examples.ts";
import { chance, samplePoints } from "./samples.ts";
import { checkCloneable, checkCuts, checkRemembering } from "./stateful.ts";
import { endInputs, isTimed, joined, processAll, processNext, type Result, resultOf } from "./time.ts";

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
        checkProcessed(processAll(create(), points), points);
        assert.deepStrictEqual(points, before, "the given points were changed");
      }),
    },
    {
      name: "processes the same in another time zone, locale, time and run of chance",
      run: each((create, points) => {
        const process = () => processAll(create(), points);
        const expected = process();
        assert.deepStrictEqual(process(), expected, "the second time the results differ");
        assert.deepStrictEqual(disturbed(process), expected, "the results depend on the surroundings");
      }),
    },
    {
      name: "processes the same however the points are put together",
      run: each((create, points) => {
        // One that goes by the time is given one point at a time.
        if (isTimed(create())) return;
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
        const step = (processor: Processor, point: Point | undefined) =>
          point === undefined ? endInputs(processor, points.length - 1) : processNext(processor, point);
        checkCuts<Processor, Point | undefined>(create, [...points, undefined], step);
      }),
    },
    {
      name: "says that it needs points in their order when it remembers something",
      run: each((create) => checkRemembering(plugin, create())),
    },
  ];
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

function checkProcessed(processed: Result, given: readonly Point[]): void {
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
