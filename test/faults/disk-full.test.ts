import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../parts/cleanup.ts";
import { findProgram, until } from "../parts/program.ts";
import { type HeldAgent, type HeldAgentOptions, startHeldAgent } from "./held-agent.ts";
import { mountSmallDisk } from "./small-disk.ts";

const run = promisify(execFile);
const DISK = 6 * 2 ** 20;
/** Messages of which the disk holds about 1,500. */
const MORE_THAN_FIT = 2_500;

describe("a disk", () => {
  const { keep } = removeAfterEach();

  async function onSmallDisk(options: Omit<HeldAgentOptions, "dataDir"> = {}) {
    const disk = keep(await mountSmallDisk(DISK));
    const agent = keep(await startHeldAgent({ dataDir: join(disk.path, "data"), ...options }));
    return { disk, agent };
  }

  /** Waits until the log has the word, then until nothing moves, and looks whether senders are held as they should. */
  async function held(agent: HeldAgent, word: string): Promise<void> {
    await until(`${word} in the log`, () => agent.log().includes(word), 60_000);
    await agent.pings(2);
    const acknowledged = agent.acknowledged();
    expect((await agent.stored()).length).toBeGreaterThanOrEqual(acknowledged);
    await agent.pings(1);
    expect(agent.acknowledged()).toBe(acknowledged);
    expect(agent.disconnects()).toBe(0);
  }

  it("that the journal has filled holds senders; delivery empties it, also after a kill, and nothing is lost", async () => {
    const { agent } = await onSmallDisk();
    await agent.sink.stop();
    await agent.publish(MORE_THAN_FIT);
    await held(agent, "ENOSPC");
    await agent.killAndStart();
    await agent.sink.start();
    await agent.delivered();
    expect(agent.log()).not.toContain("dropped_oldest");
  }, 120_000);

  it("that others have filled is emptied by delivery alone, while they keep their room", async () => {
    const { agent, disk } = await onSmallDisk();
    await agent.sink.stop();
    await agent.publish(600);
    await until("the first readings", () => agent.acknowledged() >= 600);
    await disk.fill();
    await agent.publish(900);
    await held(agent, "ENOSPC");
    await agent.sink.start();
    await agent.delivered();
    expect(agent.disconnects()).toBe(0);
  }, 120_000);

  it("that is full lets the oldest go with when_full: drop_oldest, counted and told, and takes the newest", async () => {
    const { agent } = await onSmallDisk({ journal: "when_full: drop_oldest" });
    await agent.sink.stop();
    await agent.publish(MORE_THAN_FIT);
    await until("all to be acknowledged", () => agent.acknowledged() >= MORE_THAN_FIT, 60_000);
    expect(agent.disconnects()).toBe(0);
    await agent.sink.start();
    await agent.delivered(MORE_THAN_FIT - 300);
    await until("the word about what was dropped", () => agent.log().includes("dropped_oldest"));
  }, 120_000);

  it("that others have filled holds senders, and all goes on by itself once there is room", async () => {
    const { agent, disk } = await onSmallDisk();
    await agent.sink.stop();
    await agent.publish(200);
    await until("the first readings", () => agent.acknowledged() >= 200);
    await disk.fill();
    await agent.publish(300);
    await held(agent, "ENOSPC");
    await disk.clear();
    await agent.sink.start();
    await agent.delivered();
    expect(agent.disconnects()).toBe(0);
  }, 120_000);

  it("that becomes read-only holds senders until it is writable again, and nothing is lost", async () => {
    const { agent, disk } = await onSmallDisk();
    await agent.sink.stop();
    await agent.publish(200);
    await disk.fill();
    await agent.publish(300);
    await held(agent, "ENOSPC");
    await disk.makeReadOnly();
    await agent.sink.start();
    await agent.pings(2);
    expect((await agent.stored()).length).toBeGreaterThanOrEqual(agent.acknowledged());
    await disk.makeWritable();
    await agent.delivered();
    expect(agent.disconnects()).toBe(0);
  }, 120_000);

  it("of which files may not grow further holds senders until they may", async () => {
    const { agent } = await onSmallDisk();
    const limit = (bytes: string) =>
      run(findProgram("prlimit"), ["--pid", String(agent.process().pid), `--fsize=${bytes}:unlimited`]);
    await agent.sink.stop();
    await limit("500000");
    await agent.publish(300);
    await held(agent, "EFBIG");
    await limit("unlimited");
    await agent.sink.start();
    await agent.delivered();
    expect(agent.disconnects()).toBe(0);
  }, 120_000);
});
