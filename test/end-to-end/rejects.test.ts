import { describe, expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RejectEntry } from "../../src/pipeline/index.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { grill, testAgent } from "../parts/agent.ts";
import { startInfluxd } from "../parts/influxd.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";

describe("bad payloads", () => {
  const { keep, after } = removeAfterEach();

  it("cost only themselves: of two inputs with different decoders, 99 points each and one reject with topic, offset and reason", async () => {
    const broker = keep(await startMosquitto());
    const influxd = keep(await startInfluxd());
    const test = keep(
      await testAgent(`
version: 1
agent: { http: false }
${grill(broker.url)}  smoker:
    type: mqtt
    url: ${broker.url}
    topics: ["smoker/{device}/state"]
    decode: { type: json, measurement: smoker, tags: [probe], types: { seq: integer }, time: { path: ts, unit: ms } }
outputs:
  influx: { type: influxdb, url: "${influxd.url}", database: bbq, create_database: true }
`),
    );
    const agent = await test.start();
    after(() => agent.stop());
    await until(
      "the subscriptions",
      () =>
        agent.health.parts.filter(({ part, condition }) => part.startsWith("input") && condition === "ok").length === 2,
    );
    const client = await broker.connect();
    for (let n = 0; n < 100; n++) {
      const state = { probe: "p1", temp: { c: 107.2 }, seq: n, ts: 1_790_000_000_000 + n };
      await client.publishAsync("bbq/kettle/temp", n === 40 ? "hot" : String(n), { qos: 1 });
      await client.publishAsync("smoker/offset/state", n === 60 ? '{"probe":"p1",' : JSON.stringify(state), { qos: 1 });
    }
    await client.endAsync();
    await until(
      "every point",
      async () =>
        (await influxd.count("bbq", "bbq", "temp")) === 99 && (await influxd.count("bbq", "smoker", "temp_c")) === 99,
    );
    const [row] = await influxd.points("bbq", "smoker");
    expect(row).toMatchObject({
      device: "offset",
      probe: "p1",
      temp_c: 107.2,
      seq: 0,
      time: 1_790_000_000_000_000_000n,
    });
    await until("the rejects", () => agent.summary.outputs[0]?.rejected === 2);
    const text = await readFile(join(test.folder, "data/rejects/influx.jsonl"), "utf8");
    const entries = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RejectEntry);
    expect(entries).toHaveLength(2);
    for (const [topic, reason] of [
      ["bbq/kettle/temp", /hot/],
      ["smoker/offset/state", /JSON/],
    ] as const) {
      const entry = entries.find(({ channel }) => channel === topic);
      expect(entry).toMatchObject({ step: "decode", count: 1, first: expect.any(Number) });
      expect(entry?.reason).toMatch(reason);
    }
    expect(test.log.join("\n")).toMatch(
      /rejected: .*"channel":"(bbq\/kettle\/temp|smoker\/offset\/state)","offset":\d+/,
    );
  });
});
