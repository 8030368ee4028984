import { afterEach, describe, expect, it } from "vitest";
import { Journal } from "../journal/index.ts";
import type { Arrival } from "../model/index.ts";
import { Inlet } from "./inlet.ts";

interface OpenOptions {
  readonly maxSize?: number;
  readonly maxReading?: number;
  readonly thinMs?: number;
}

describe("inlet", () => {
  const { signal } = new AbortController();
  let journal: Journal | undefined;
  afterEach(() => journal?.close());

  async function open({ maxSize = 2 ** 22, maxReading = 1_000, thinMs }: OpenOptions = {}) {
    journal = await Journal.open({
      directory: "/memory",
      durability: "memory",
      syncWithinMs: 5,
      maxSize,
      maxAgeMs: 1e9,
      whenFull: "block",
    });
    const left: string[] = [];
    const inlet = new Inlet({
      id: "in",
      journal,
      maxReading,
      thinMs,
      onReadings: () => undefined,
      onLeftOut: (reason) => left.push(reason),
      onOversized: () => left.push("oversized"),
    });
    return { inlet, left };
  }

  const arrival = (channel: string, n: number): Arrival => ({
    channel,
    payload: Buffer.from(String(n)),
    time: { seconds: 1_790_000_000, nanos: n },
  });

  async function kept(): Promise<string[]> {
    const { entries = [] } = (await journal?.read(0, 1e6)) ?? {};
    return entries.flatMap((entry) =>
      entry.kind === "reading" ? [`${entry.channel} ${Buffer.from(entry.payload).toString()}`] : [],
    );
  }

  it("makes durable at once what passes, though another channel of the same group is held", async () => {
    const { inlet } = await open({ thinMs: 600_000 });
    await inlet.emit([arrival("a", 1)], {}, signal);
    const group = inlet.emit([arrival("a", 2), arrival("b", 3)], {}, signal);
    await expect.poll(kept).toEqual(["a 1", "b 3"]);
    await inlet.close();
    await group;
    expect(await kept()).toEqual(["a 1", "b 3", "a 2"]);
  });

  it("lets what it holds pass before its time when the sender waits, and has it durable before it is acknowledged", async () => {
    const { inlet, left } = await open({ thinMs: 600_000 });
    const channels = Array.from({ length: 30 }, (_, n) => `c${n}`);
    await inlet.emit(
      channels.map((channel) => arrival(channel, 0)),
      { senderWaits: true },
      signal,
    );
    const older = inlet.emit(
      channels.map((channel) => arrival(channel, 1)),
      {},
      signal,
    );
    await inlet.emit(
      channels.map((channel) => arrival(channel, 2)),
      { senderWaits: true },
      signal,
    );
    await older;
    expect(left).toHaveLength(30);
    expect(new Set(await kept())).toEqual(new Set(channels.flatMap((channel) => [`${channel} 0`, `${channel} 2`])));
  });

  it("passes on what it holds when its input asks for a sync, as one does that ends", async () => {
    const { inlet } = await open({ thinMs: 600_000 });
    await inlet.emit([arrival("a", 1)], {}, signal);
    const held = inlet.emit([arrival("a", 2)], {}, signal);
    await inlet.emit([], { senderWaits: true }, signal);
    await held;
    expect(await kept()).toEqual(["a 1", "a 2"]);
  });

  it("passes on in parts, in order, what is more than the whole journal may take at once", async () => {
    const { inlet } = await open({ maxSize: 2 ** 16 });
    const seen: string[] = [];
    const reading = (async () => {
      for (let at = 0; seen.length < 3_001;) {
        await journal?.wait(at, signal);
        const { entries = [], next = at } = (await journal?.read(at, 1e6)) ?? {};
        for (const entry of entries) if (entry.kind === "reading") seen.push(Buffer.from(entry.payload).toString());
        at = next;
        journal?.setDelivered(at, at);
      }
    })();
    const group = Array.from({ length: 3_000 }, (_, n) => arrival("a", n));
    const options = { senderWaits: true };
    await Promise.all([inlet.emit(group, options, signal), inlet.emit([arrival("a", 3_000)], options, signal)]);
    await reading;
    expect(seen).toEqual(Array.from({ length: 3_001 }, (_, n) => String(n)));
  });

  it("cuts a reading that the whole journal could not take, so that it cannot come again and again", async () => {
    const { inlet, left } = await open({ maxSize: 2 ** 16, maxReading: 2 ** 20 });
    const huge = { ...arrival("a", 1), payload: Buffer.alloc(100_000, "x") };
    await inlet.emit([arrival("a", 0), huge], { senderWaits: true }, signal);
    expect(left).toEqual(["oversized"]);
    expect((await kept()).map((text) => text.length)).toEqual([3, 2 + 4_096]);
  });
});
