import { defineOutput, writeLine } from "fieldline/plugin";
import { check } from "./check.ts";
import { settings } from "./settings.ts";
import { apiOf } from "./target.ts";
import { Writer } from "./writer.ts";

export default defineOutput({
  name: "influxdb",
  summary: "Writes points over HTTP to InfluxDB 1.x, 2.x or 3.x, or to a store that speaks their APIs.",
  settings,
  examples: [
    "type: influxdb\nurl: http://127.0.0.1:8086\ndatabase: bbq\ncreate_database: true\n",
    "type: influxdb\nurl: https://influx.example:8086\norg: home\nbucket: bbq\ntoken: ${INFLUX_TOKEN}\ntls: { ca: ca.pem }\n",
    "type: influxdb\nurl: http://127.0.0.1:8181\ndatabase: bbq\ntoken: ${INFLUX_TOKEN}\nbatch: { in_flight: 4 }\n",
  ],
  check,
  create(settings, { log, sent }) {
    const writer = new Writer(settings, log, sent);
    const unsigned = settings.unsigned ?? (apiOf(settings) === "v1" ? "auto" : "u");
    const options = { precision: settings.precision, unsigned };
    return {
      encode: (point, into) => writeLine(into, point, options),
      write: async (batch, signal) => writer.write(batch, signal),
      close: async () => writer.close(),
    };
  },
});
