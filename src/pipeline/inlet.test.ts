import { afterEach, describe, expect, it } from "vitest";
import { Journal } from "../journal/index.ts";
import type { Arrival } from "../model/index.ts";
import { Inlet } from "./inlet.ts";

describe("inlet that thins", () => {
  const { signal } = new AbortController();
  let journal: Journal | undefined;
  afterEach(() => journal?.close());

  async function open() {
    journal = await Journal.open({
      directory: "/memory",
      durability: "memory",
      syncWithinMs: 5,
      maxSize: 2 ** 22,
      maxAgeMs: 1e9,
      whenFull: "block",
    });
    const left: string[] = [];
    const inlet = new Inlet({
      id: "in",
      journal,
      maxReading: 1_000,
      thinMs: 600_000,
      onReadings: () => undefined,
      onLeftOut: (reason) => left.push(reason),
      onOversized: () => undefined,
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
    const { inlet } = await open();
    await inlet.emit([arrival("a", 1)], {}, signal);
    const group = inlet.emit([arrival("a", 2), arrival("b", 3)], {}, signal);
    await expect.poll(kept).toEqual(["a 1", "b 3"]);
    await inlet.close();
    await group;
    expect(await kept()).toEqual(["a 1", "b 3", "a 2"]);
  });

  it("lets what it holds pass before its time when the sender waits, and has it durable before it is acknowledged", async () => {
    const { inlet, left } = await open();
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
    const { inlet } = await open();
    await inlet.emit([arrival("a", 1)], {}, signal);
    const held = inlet.emit([arrival("a", 2)], {}, signal);
    await inlet.emit([], { senderWaits: true }, signal);
    await held;
    expect(await kept()).toEqual(["a 1", "a 2"]);
  });
});

it("an inlet passes on in parts, in order, what is too much for the journal at once", async () => {
  const journal = await Journal.open({
    directory: "/memory",
    durability: "memory",
    syncWithinMs: 5,
    maxSize: 2 ** 16,
    maxAgeMs: 0,
    whenFull: "block",
  });
  const counted: number[] = [];
  const inlet = new Inlet({
    id: "in",
    journal,
    maxReading: 1_000,
    onReadings: (readings) => counted.push(readings),
    onLeftOut: () => undefined,
    onOversized: () => undefined,
  });
  const { signal } = new AbortController();
  const arrivals = Array.from({ length: 2_000 }, (_, n) => ({
    channel: "c",
    payload: Buffer.from(String(n).padEnd(100)),
    time: { seconds: 1_790_000_000, nanos: n },
  }));
  const emitted = inlet.emit(arrivals, { senderWaits: true }, signal);
  const numbers: number[] = [];
  while (numbers.length < arrivals.length) {
    await journal.wait(numbers.length, signal);
    const { entries } = await journal.read(numbers.length, 1e6);
    for (const entry of entries)
      if (entry.kind === "reading") numbers.push(Number(Buffer.from(entry.payload).toString()));
    journal.setDelivered(numbers.length, numbers.length);
  }
  await emitted;
  expect(numbers).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
  expect(counted.reduce((sum, each) => sum + each, 0)).toBe(2_000);
  await journal.close();
});
