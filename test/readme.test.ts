import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { testAgent } from "./parts/agent.ts";
import { startInfluxd } from "./parts/influxd.ts";
import { blocksOf } from "./parts/markdown.ts";
import { startMosquitto } from "./parts/mosquitto.ts";
import { until } from "./parts/program.ts";

describe("the first configuration of the README", () => {
  const cleanup: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const undo of cleanup.splice(0).toReversed()) await undo();
  });

  it("brings what a sensor publishes to InfluxDB, as the README says", async () => {
    const broker = await startMosquitto();
    cleanup.push(broker.remove);
    const influxd = await startInfluxd();
    cleanup.push(influxd.remove);
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const first = blocksOf(readme).find(({ language }) => language === "yaml");
    const configuration = (first?.text ?? "")
      .replace("mqtt://127.0.0.1:1883", broker.url)
      .replace("http://127.0.0.1:8086", influxd.url)
      .replace("version: 1", "version: 1\nagent: { http: false }");
    const test = await testAgent(configuration);
    cleanup.push(test.remove);
    const agent = await test.start();
    cleanup.push(() => agent.stop());

    const client = await broker.connect();
    cleanup.push(() => client.endAsync());
    await until("the subscription", () =>
      agent.health.parts.some(({ part, condition }) => part === "input grill" && condition === "ok"),
    );
    await client.publishAsync("bbq/smoker/temperature", "107.25", { qos: 1 });
    await until("the point", async () => (await influxd.count("bbq", "bbq", "temperature")) === 1);
    expect(await influxd.points("bbq", "bbq")).toMatchObject([{ grill: "smoker", temperature: 107.25 }]);
  });
});
