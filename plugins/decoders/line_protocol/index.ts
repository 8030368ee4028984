import { choice, decodeLines, defineDecoder, rejectionsOf, text } from "fieldline/plugin";

export default defineDecoder({
  name: "line_protocol",
  summary: "Lines of InfluxDB line protocol; a bad line is a reject and costs none of its neighbours.",
  settings: {
    measurement: text("The measurement of all points, in place of the topic's `{measurement}` and the line's own.", {
      pattern: /./,
      expected: "text that is not empty",
    }).optional(),
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
      if (errors.length === 0) return { points };
      const reasons = errors.map(({ line, column, reason }) => `line ${line}, column ${column}: ${reason}`);
      return { points, rejected: rejectionsOf(reasons) };
    },
  }),
});
