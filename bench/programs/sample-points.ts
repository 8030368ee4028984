import type { FieldValue, Point } from "../../src/model/index.ts";

const START_SECONDS = 1_790_000_000;
const ROOMS = ["kitchen", "cellar", "attic", "garage", "patio"];
/** A reading of its own every so many nanoseconds. */
const STEP_NANOS = 250_000_007;

/**
 * Points as sensors send them: one measurement, two tags, a float, an integer, a boolean and a short text; none has
 * anything to escape, so that a loop that escapes nothing writes the same lines. Deterministic.
 */
export function samplePoints(count: number): Point[] {
  return Array.from({ length: count }, (_, index) => samplePoint(index));
}

function samplePoint(index: number): Point {
  const nanos = index * STEP_NANOS;
  const fields = new Map<string, FieldValue>([
    ["celsius", Math.round(2000 + 500 * Math.sin(index / 50)) / 100],
    ["sequence", { type: "integer", value: index }],
    ["open", index % 7 === 0],
    ["state", index % 3 === 0 ? "heating" : "idle"],
  ]);
  return {
    measurement: "climate",
    tags: new Map([
      ["device", `sensor-${index % 200}`],
      ["room", ROOMS[index % ROOMS.length] ?? ""],
    ]),
    fields,
    time: { seconds: START_SECONDS + Math.floor(nanos / 1e9), nanos: nanos % 1e9 },
    offset: index,
  };
}
