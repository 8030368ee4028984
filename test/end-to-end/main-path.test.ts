import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../parts/cleanup.ts";
import { grill, testAgent } from "../parts/agent.ts";
import { startCommand } from "../parts/command.ts";
import { startInfluxd } from "../parts/influxd.ts";
import { type Mosquitto, startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";
import { startVictoriaMetrics } from "../parts/victoria-metrics.ts";

const MESSAGES = 10_000;
const NUMBERS = Array.from({ length: MESSAGES }, (_, n) => n);

/**
 * Publishes 0 to 9,999 at QoS 1, and between the halves does something while the agent still takes the first one. The
 * publisher has its acknowledgements by then: what it had to send twice would be two messages.
 */
async function publishNumbers(broker: Mosquitto, halfway: () => Promise<void>): Promise<void> {
  await broker.publish("bbq/kettle/n", MESSAGES / 2);
  await halfway();
  await broker.publish("bbq/kettle/n", MESSAGES / 2, { first: MESSAGES / 2 });
}

describe("the main path", () => {
  const { keep, after } = removeAfterEach();

  it("brings 10,000 messages to influxd, once each, over a broker's restart and five seconds without the store", async () => {
    const broker = keep(await startMosquitto());
    const influxd = keep(await startInfluxd());
    const test = keep(
      await testAgent(`
version: 1
agent: { http: false }
${grill(broker.url)}outputs:
  influx: { type: influxdb, url: "${influxd.url}", database: bbq, create_database: true }
`),
    );
    const agent = await test.start();
    after(() => agent.stop());
    await until("the subscription", () =>
      agent.health.parts.some(({ part, condition }) => part === "input grill" && condition === "ok"),
    );
    await publishNumbers(broker, async () => {
      await broker.stop();
      await influxd.stop();
      await broker.start();
    });
    await sleep(5_000);
    await influxd.start();
    await until("every point", async () => (await influxd.count("bbq", "bbq", "n")) >= MESSAGES);
    expect(await influxd.count("bbq", "bbq", "n")).toBe(MESSAGES);
    expect(new Set(await influxd.distinct("bbq", "bbq", "n"))).toEqual(new Set(NUMBERS));
    const [row] = await influxd.points("bbq", "bbq");
    expect(row).toMatchObject({ grill: "kettle" });
    expect(agent.summary.outputs).toMatchObject([{ id: "influx", rejected: 0 }]);
  }, 60_000);

  it("brings the same to influxd, VictoriaMetrics, a file and stdout at once; one that is away holds up no other", async () => {
    const broker = keep(await startMosquitto());
    const influxd = keep(await startInfluxd());
    const victoria = keep(await startVictoriaMetrics());
    const { folder } = keep(
      await testAgent(`
version: 1
agent: { http: false }
${grill(broker.url)}outputs:
  influx: { type: influxdb, url: "${influxd.url}", database: bbq, create_database: true }
  victoria: { type: influxdb, url: "${victoria.url}", org: o, bucket: b, token: t }
  archive: { type: file, path: archive.lp }
  console: { type: stdout }
`),
    );
    const command = startCommand(["run"], folder);
    after(command.stop);
    await until("the subscription", () => /grill.*connected|connected.*grill/.test(command.stderr()));
    const numbersIn = (text: string) => new Set([...text.matchAll(/ n=(\d+)/g)].map(([, n]) => Number(n)));
    await publishNumbers(broker, () => victoria.stop());
    await until("the others to go on", () => numbersIn(command.stdout()).size === MESSAGES);
    await until("influxd", async () => (await influxd.count("bbq", "bbq", "n")) >= MESSAGES);
    await victoria.start();
    await until("VictoriaMetrics", async () => (await victoria.distinct("bbq_n")).length >= MESSAGES);
    expect(await command.stop()).toBe(0);
    const archive = await readFile(join(folder, "archive.lp"), "utf8");
    expect(numbersIn(archive)).toEqual(new Set(NUMBERS));
    expect(archive.trimEnd().split("\n")).toHaveLength(MESSAGES);
    expect(command.stdout().trimEnd().split("\n")).toHaveLength(MESSAGES);
    expect(new Set(await victoria.distinct("bbq_n"))).toEqual(new Set(NUMBERS));
    expect(await influxd.count("bbq", "bbq", "n")).toBe(MESSAGES);
  }, 60_000);
});
