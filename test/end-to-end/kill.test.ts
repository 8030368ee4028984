import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../parts/cleanup.ts";
import { grill, testAgent } from "../parts/agent.ts";
import { startCommand } from "../parts/command.ts";
import { startInfluxd } from "../parts/influxd.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";

const MESSAGES = 6_000;
const KILLS = 4;

describe("an agent that is killed", () => {
  const { keep, after } = removeAfterEach();

  it("loses no message that the broker had, and a message that comes again overwrites its first point", async () => {
    const broker = keep(await startMosquitto());
    const influxd = keep(await startInfluxd());
    const { folder } = keep(
      await testAgent(`
version: 1
agent: { http: false }
${grill(broker.url)}outputs:
  influx: { type: influxdb, url: "${influxd.url}", database: bbq, create_database: true, batch: { max_wait: 100ms } }
`),
    );
    let command = startCommand(["run"], folder);
    after(() => command.stop());
    await until("the subscription", () => command.stderr().includes("connected"));
    const client = await broker.connect();
    after(() => client.endAsync(true));
    let published = 0;
    const publishing = (async () => {
      for (; published < MESSAGES; published++) {
        await client.publishAsync("bbq/kettle/n", String(published), { qos: 1 });
        if (published % 20 === 0) await sleep(10);
      }
    })();
    for (let kill = 1; kill <= KILLS; kill++) {
      await until("more messages", () => published > (kill * MESSAGES) / (KILLS + 2));
      command.child.kill("SIGKILL");
      await command.exit;
      command = startCommand(["run"], folder);
    }
    await publishing;
    await until("every number", async () => new Set(await influxd.distinct("bbq", "bbq", "n")).size === MESSAGES);
    expect(await influxd.count("bbq", "bbq", "n")).toBe(MESSAGES);
    expect(await command.stop()).toBe(0);
  }, 60_000);
});
