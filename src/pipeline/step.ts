import { encodeLine, type Point, type Timestamp } from "../model/index.ts";
import { type Processed, type Processor, reasonOf } from "../plugin/index.ts";
import type { LogRecord } from "./log-record.ts";
import { type Reject, rejectOf } from "./reject.ts";

/** One processor in its place. */
export interface Step {
  readonly id: string;
  readonly processor: Processor;
  /** The inputs whose points it takes; all without it. */
  readonly from?: readonly string[] | undefined;
  /** A hash of its settings: what it remembered is of use only to the same step. */
  readonly fingerprint: string;
}

/** Whether a step gives points of its own accord, by the journal's time. */
export function isTimed({ processor }: Step): boolean {
  return processor.deadline !== undefined || processor.flush !== undefined;
}

/**
 * What a step makes of points. A throw costs one point: it must not take its neighbours with it, nor count them twice.
 * @param at the journal's time, in a chain with timed steps
 * @param records those that the points come from
 */
export function processStep(
  step: Step,
  points: readonly Point[],
  at: Timestamp | undefined,
  records: readonly LogRecord[],
  rejects: Reject[],
): readonly Point[] {
  const { processor } = step;
  const oneByOne = () => points.flatMap((point) => processStep(step, [point], at, records, rejects));
  if (points.length > 1 && (processor.save !== undefined || isTimed(step))) return oneByOne();
  const rejectPoint = (point: Point | undefined, reason: string) => {
    const record = records.find(({ offset }) => offset === point?.offset) ?? records[0];
    rejects.push({ ...rejectOf(record, step.id, reason), ...(point === undefined ? {} : aboutPoint(point)) });
  };
  try {
    const made = listed(processor.deadline === undefined ? processor.process(points) : processor.process(points, at));
    checkOffsets(made.points, records.at(-1)?.offset ?? 0);
    for (const { point, reason } of made.rejected ?? []) rejectPoint(point, reason);
    return made.points;
  } catch (error) {
    if (points.length > 1) return oneByOne();
    rejectPoint(points[0], `the processor failed: ${reasonOf(error)}`);
    return [];
  }
}

/** What is due of a step. @param record the one whose time it was; the points take its offset */
export function flushStep(step: Step, until: Timestamp, record: LogRecord, rejects: Reject[]): readonly Point[] {
  try {
    const made = listed(step.processor.flush?.(until) ?? []);
    for (const { reason } of made.rejected ?? []) rejects.push(rejectOf(record, step.id, reason));
    return made.points.map((point) => ({ ...point, offset: record.offset }));
  } catch (error) {
    rejects.push(rejectOf(record, step.id, `the processor failed: ${reasonOf(error)}`));
    return [];
  }
}

function listed(result: readonly Point[] | Processed): Processed {
  const made = "points" in result ? result : { points: result };
  if (!Array.isArray(made.points)) throw new Error("it returned no list of points; a processor is not asynchronous");
  return made;
}

/** The cursor follows the offsets of points: one from nowhere would have it pass readings that are not delivered. */
function checkOffsets(points: readonly (Point | null | undefined)[], last: number): void {
  const isPlaced = (offset: number | undefined) => Number.isSafeInteger(offset) && (offset ?? Infinity) <= last;
  if (points.every((point) => isPlaced(point?.offset))) return;
  throw new Error("it returned what is no point of these readings; points keep their offset");
}

function aboutPoint(point: Point): Pick<Reject, "offset" | "line"> {
  try {
    return { offset: point.offset, line: encodeLine(point) };
  } catch {
    return { offset: point.offset };
  }
}
