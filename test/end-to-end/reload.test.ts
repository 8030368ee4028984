import { describe, expect, it } from "vitest";
import { grill } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { type HttpSink, startHttpSink } from "../parts/http-sink.ts";
import { startMosquitto } from "../parts/mosquitto.ts";
import { until } from "../parts/program.ts";
import { startReloading } from "../parts/reloading.ts";

const HEAD = "version: 1\nagent: { http: false, stop_timeout: 1s }\n";

/** An output that delivers to a sink almost at once. */
const store = (id: string, { url }: HttpSink, more = "") =>
  `  ${id}: { type: influxdb, url: "${url}", database: d, batch: { max_wait: 20ms }${more} }\n`;

/** The field of each line, as a number. */
const numbersIn = ({ lines }: HttpSink) => lines.map((line) => Number(/ \w+=(\d+)/.exec(line)?.[1]));

const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

describe("a reload", () => {
  const { keep, after } = removeAfterEach();

  async function startSink(): Promise<HttpSink> {
    const sink = await startHttpSink();
    after(() => sink.stop());
    return sink;
  }

  it("restarts an output alone that changed, while messages flow: none is lost or doubled, and the broker sees nothing", async () => {
    const broker = keep(await startMosquitto());
    const [sink, other] = [await startSink(), await startSink()];
    const configuration = (round: number) =>
      `${HEAD}${grill(broker.url)}outputs:\n${store("store", sink, `, processors: [{ type: filter, drop_fields: [x${round}] }]`)}${store("other", other)}`;
    const agent = keep(await startReloading(configuration(1)));
    await until("the subscription", () => broker.printed().includes("SUBSCRIBE"));
    const publishing = broker.publish("bbq/kettle/temp", 3_000);
    for (let round = 2; round <= 5; round++) {
      expect(await agent.reload(configuration(round))).toMatch(
        /is in force: restarted output store; left running input grill, output other/,
      );
    }
    await publishing;
    await until("all", () => sink.lines.length >= 3_000 && other.lines.length >= 3_000);
    expect(numbersIn(sink).toSorted((a, b) => a - b)).toEqual(upTo(3_000));
    expect(numbersIn(other)).toEqual(upTo(3_000));
    expect(broker.printed().match(/New client connected.*fieldline-grill/g)).toHaveLength(1);
    expect(broker.printed()).not.toMatch(/DISCONNECT from fieldline-grill/);
  });
});
