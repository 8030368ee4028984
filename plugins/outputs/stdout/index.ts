import { choice, defineOutput, writeLine } from "fieldline/plugin";
import { StdoutWriter } from "./stdout-writer.ts";

export default defineOutput({
  name: "stdout",
  summary: "Prints points in line protocol on standard output.",
  settings: {
    precision: choice(["ns", "us", "ms", "s"], "The unit of timestamps; finer parts are cut off.").prefault("ns"),
    unsigned: choice(
      ["auto", "u"],
      "How unsigned integers are printed: `u` as such, `auto` as signed ones where they fit, for a pipe to influxd 1.x.",
    ).prefault("u"),
  },
  examples: ["type: stdout\n"],
  create({ precision, unsigned }) {
    const writer = new StdoutWriter();
    return {
      encode: (point, into) => writeLine(into, point, { precision, unsigned }),
      write: async (batch, signal) => writer.write(batch, signal),
      close: async () => writer.close(),
    };
  },
});
