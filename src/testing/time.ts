import assert from "node:assert/strict";
import { compareTimestamps, END_OF_TIME, type Point, type Timestamp, timestampFromMillis } from "../model/index.ts";
import type { Processed, Processor } from "../plugin/index.ts";
import { receivedAt } from "./samples.ts";

/** The most moments that lie between two samples. */
const MOST_MOMENTS = 1_000;

/** What came of one call, whole. */
export type Result = Required<Processed>;

/** Whether a processor gives points of its own accord, and so takes them one by one, with their time. */
export function isTimed(processor: Processor): boolean {
  return processor.deadline !== undefined;
}

/** What a processor makes of samples as a chain gives them to it, with the end of all inputs after the last. */
export function processAll(processor: Processor, points: readonly Point[]): Result {
  if (!isTimed(processor)) return resultOf(processor.process(points));
  return joined([...points.map((point) => processNext(processor, point)), endInputs(processor, points.length - 1)]);
}

/** What a processor makes of a sample: of what is due before it, in its place, and of itself. */
export function processNext(processor: Processor, point: Point): Result {
  if (!isTimed(processor)) return resultOf(processor.process([point]));
  const at = timestampFromMillis(receivedAt(point.offset));
  const due = flushed(processor, at).map((result) => placed(result, point.offset));
  return joined([...due, resultOf(processor.process([point], at))]);
}

/** What a processor gives when all inputs have ended. */
export function endInputs(processor: Processor, offset: number): Result {
  const result = placed(resultOf(processor.flush?.(END_OF_TIME) ?? []), offset);
  assert.equal(processor.deadline?.(), undefined, "it names a deadline after all inputs have ended");
  return result;
}

/** Several results as one. */
export function joined(parts: readonly Result[]): Result {
  return { points: parts.flatMap(({ points }) => points), rejected: parts.flatMap(({ rejected }) => rejected) };
}

/** What a call gave. */
export function resultOf(result: readonly Point[] | Processed): Result {
  return "points" in result ? { rejected: [], ...result } : { points: result, rejected: [] };
}

function flushed(processor: Processor, at: Timestamp): Result[] {
  const results: Result[] = [];
  for (let moments = 0; ; moments++) {
    const deadline = processor.deadline?.();
    assert.deepStrictEqual(processor.deadline?.(), deadline, "asked twice, it names two deadlines");
    if (deadline === undefined || compareTimestamps(deadline, at) > 0) return results;
    const until = moments < MOST_MOMENTS ? deadline : at;
    results.push(resultOf(processor.flush?.(until) ?? []));
    const next = processor.deadline?.();
    assert.ok(
      next === undefined || compareTimestamps(next, until) > 0,
      "after a flush it names a deadline that was over by then",
    );
  }
}

/** Points take the offset of what made them due. */
function placed({ points, rejected }: Result, offset: number): Result {
  return { points: points.map((point) => ({ ...point, offset })), rejected };
}
