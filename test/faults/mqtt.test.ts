import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Reading } from "../../src/model/index.ts";
import { powerLoss } from "../kill/killed-agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { until } from "../parts/program.ts";
import { type HeldAgent, startHeldAgent } from "./held-agent.ts";

const KEEPALIVES = 10;
const ROUNDS = 3;

describe("an MQTT connection", () => {
  const { keep, after } = removeAfterEach();

  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "fieldline-held-"));
    after(() => rm(path, { recursive: true }));
    return path;
  }

  it("stays up for ten keepalives while the store stalls and the journal is full, and nothing is lost", async () => {
    const dataDir = join(await folder(), "data");
    const agent = keep(await startHeldAgent({ dataDir, journal: "max_size: 2MiB" }));
    agent.sink.always("stall");
    await agent.publish(1_000);
    await agent.pings(KEEPALIVES);
    const acknowledged = agent.acknowledged();
    expect(acknowledged).toBeLessThan(1_000);
    expect((await agent.stored()).length).toBeGreaterThanOrEqual(acknowledged);
    await agent.pings(1);
    expect(agent.acknowledged()).toBe(acknowledged);
    expect(agent.disconnects()).toBe(0);
    await agent.sink.stop();
    agent.sink.always({ status: 204 });
    await agent.sink.start();
    await agent.delivered();
    expect(agent.disconnects()).toBe(0);
  }, 90_000);

  it("stays up while each sync of the disk takes longer than the keepalive", async () => {
    const path = await folder();
    const root = join(path, "state");
    await mkdir(root);
    const environment = { ...powerLoss(root, join(path, "disk")), POWER_LOSS_SLOW: join(path, "slow") };
    const agent = keep(await startHeldAgent({ dataDir: join(root, "data"), environment }));
    await writeFile(join(path, "slow"), "");
    await agent.publish(30);
    await agent.delivered();
    await agent.pings(2);
    expect(agent.disconnects()).toBe(0);
  }, 90_000);

  /** Publishes with QoS 2 again and again, and has something happen in the midst of it. */
  async function disturbed(happen: (agent: HeldAgent) => Promise<void>): Promise<HeldAgent> {
    const agent = keep(await startHeldAgent({ dataDir: join(await folder(), "data"), qos: 2 }));
    const received = () => agent.broker.printed().match(/Received PUBREC from fieldline-/g)?.length ?? 0;
    for (let round = 0; round < ROUNDS; round++) {
      const before = received();
      const published = agent.publish(300, 2);
      await until("some to be received", () => received() >= before + 20 + round * 7);
      await happen(agent);
      await published;
      await agent.delivered();
    }
    return agent;
  }

  /** The numbers that the journal holds, in order. */
  async function journaled(agent: HeldAgent): Promise<number[]> {
    return (await agent.stored()).map(numberOf).toSorted((a, b) => a - b);
  }
  const eachOnce = Array.from({ length: ROUNDS * 300 }, (_, number) => number);

  it("of QoS 2 brings each message into the journal exactly once, though the broker goes away and comes back", async () => {
    const agent = await disturbed(async ({ broker }) => {
      await broker.stop();
      await broker.start();
    });
    expect(await journaled(agent)).toEqual(eachOnce);
  }, 90_000);

  it("of QoS 2 brings each message into the journal exactly once, though the agent is killed before it has answered", async () => {
    const agent = await disturbed((each) => each.killAndStart());
    expect(await journaled(agent)).toEqual(eachOnce);
  }, 90_000);
});

function numberOf({ payload }: Reading): number {
  return (JSON.parse(Buffer.from(payload).toString()) as { n: number }).n;
}
