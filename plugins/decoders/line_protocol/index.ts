import { choice, decodeLines, defineDecoder, type LineError, type Rejection, text } from "fieldline/plugin";

/** A reading of pure noise has no more rejections than this, and one that counts the rest. */
const MAX_REJECTIONS = 100;

export default defineDecoder({
  name: "line_protocol",
  summary: "Lines of InfluxDB line protocol; a bad line is a reject and costs none of its neighbours.",
  settings: {
    measurement: text(
      "The measurement of all points, in place of the topic's `{measurement}` and the line's own.",
    ).optional(),
    precision: choice(
      ["ns", "us", "ms", "s"],
      "The unit of the timestamps. A line without one gets the receive time.",
    ).prefault("ns"),
  },
  examples: ["type: line_protocol\n", "type: line_protocol\nprecision: ms\nmeasurement: bbq\n"],
  create: ({ measurement, precision }) => ({
    decode: ({ payload }, origin) => {
      const { lines, errors } = decodeLines(payload, precision);
      const name = measurement ?? origin.measurement;
      const points = name === undefined ? lines : lines.map((line) => ({ ...line, measurement: name }));
      return errors.length === 0 ? { points } : { points, rejected: rejectionsOf(errors) };
    },
  }),
});

function rejectionsOf(errors: readonly LineError[]): Rejection[] {
  const rejections = errors
    .slice(0, MAX_REJECTIONS)
    .map(({ line, column, reason }) => ({ reason: `line ${line}, column ${column}: ${reason}` }));
  if (errors.length > MAX_REJECTIONS) rejections.push({ reason: `${errors.length - MAX_REJECTIONS} more bad lines` });
  return rejections;
}
