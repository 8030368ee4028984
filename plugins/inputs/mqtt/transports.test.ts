import { afterEach, describe, expect, it } from "vitest";
import { startMqtt } from "../../../test/parts/mqtt-input.ts";
import { type Mosquitto, type MosquittoOptions, startMosquitto } from "../../../test/parts/mosquitto.ts";
import { until } from "../../../test/parts/program.ts";

let broker: Mosquitto | undefined;
afterEach(() => broker?.remove());

async function start(options: MosquittoOptions): Promise<Mosquitto> {
  broker = await startMosquitto(options);
  return broker;
}

const NUMBERS = Array.from({ length: 200 }, (_, index) => String(index));

/** What arrives of 200 numbers. */
async function receive(written: Record<string, unknown>, { publish }: Mosquitto): Promise<readonly string[]> {
  const input = startMqtt({ topics: ["a"], ...written });
  await input.up();
  await publish("a", 200);
  await until("all messages", () => input.arrivals.length >= 200);
  await input.stop();
  return input.texts();
}

describe.each([
  ["TLS", {}],
  ["WebSocket over TLS", { websockets: true }],
])("%s", (_, transport) => {
  it("takes the broker's certificate with its authority's, and shows its own", async () => {
    const broker = await start({ ...transport, tls: "required" });
    const { url, certificates } = broker;
    const tls = { ca: certificates?.ca, cert: certificates?.clientCert, key: certificates?.clientKey };
    expect(await receive({ url, tls }, broker)).toEqual(NUMBERS);
    expect(await receive({ url, tls, version: "5" }, broker)).toEqual(NUMBERS);
    expect(await receive({ url: url.replace("127.0.0.1", "localhost"), tls }, broker)).toEqual(NUMBERS);
  });

  it("refuses a broker that it cannot trust, and says what to set", async () => {
    const broker = await start({ ...transport, tls: "server" });
    const { url, certificates } = broker;
    const untrusted = startMqtt({ url, topics: ["a"] });
    expect(await untrusted.down()).toContain("set tls.ca");
    await untrusted.stop();
    const misnamed = startMqtt({ url, topics: ["a"], tls: { ca: certificates?.ca, server_name: "other.example" } });
    expect(await misnamed.down()).toContain("set tls.server_name");
    await misnamed.stop();
    const unreadable = startMqtt({ url, topics: ["a"], tls: { ca: "/nowhere/ca.pem" } });
    expect(await unreadable.down()).toContain("the file of tls.ca cannot be read");
    await unreadable.stop();
    expect(await receive({ url, tls: { verify: "false" } }, broker)).toEqual(NUMBERS);
    expect(await receive({ url, tls: { ca: certificates?.ca, server_name: "localhost" } }, broker)).toEqual(NUMBERS);
  });
});

it("says that a broker wants a client certificate", async () => {
  const { url, certificates } = await start({ tls: "required" });
  const input = startMqtt({ url, topics: ["a"], tls: { ca: certificates?.ca } });
  expect(await input.down()).toContain("Set tls.cert and tls.key");
  await input.stop();
});

it("WebSocket without TLS works in both versions", async () => {
  const broker = await start({ websockets: true });
  expect(await receive({ url: broker.url }, broker)).toEqual(NUMBERS);
  expect(await receive({ url: `${broker.url}/mqtt`, version: "5" }, broker)).toEqual(NUMBERS);
});

it.each([{}, { websockets: true }])("a broker that goes away is noticed and found again: %j", async (options) => {
  const broker = await start(options);
  const input = startMqtt({ url: broker.url, topics: ["a"] });
  await input.up();
  await broker.stop();
  expect(await input.down()).toContain("no connection to");
  await broker.start();
  await input.up(2);
  await input.stop();
});

it("a port that speaks something else is told", async () => {
  const { url } = await start({});
  const tls = startMqtt({ url: url.replace("mqtt", "mqtts"), topics: ["a"], connect_timeout: "1s" });
  expect(await tls.down()).toContain("no connection to mqtts://127.0.0.1");
  await tls.stop();
});
