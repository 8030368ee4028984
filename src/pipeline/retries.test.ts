import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outputOf, type TextOutput } from "../../test/parts/text-output.ts";
import { agedChain, windowStep } from "../../test/parts/window-outlet.ts";
import { Journal } from "../journal/index.ts";
import { Clock, encodeLine } from "../model/index.ts";
import { WriteError } from "../plugin/index.ts";
import { Allowance } from "./allowance.ts";
import { Chain } from "./chain.ts";
import { Meter } from "./meter.ts";
import { RejectStore } from "./reject-store.ts";
import { Retries, type RetriesOptions } from "./retries.ts";
import type { Step } from "./step.ts";

const NO_TAGS = new Map<string, string>();

describe("retries", () => {
  let folder: string;
  let journal: Journal;
  let store: RejectStore;
  let write: TextOutput["write"];
  let taken: string[];
  const clock = new Clock();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fieldline-retries-"));
    store = await RejectStore.open(join(folder, "influx.jsonl"));
    journal = await Journal.open({
      directory: "/memory",
      durability: "memory",
      syncWithinMs: 5,
      maxSize: 2 ** 24,
      maxAgeMs: 1e9,
      whenFull: "block",
    });
    taken = [];
    write = async (lines) => void taken.push(...lines);
    for (let n = 0; n < 10; n++) {
      const arrival = { channel: n % 2 === 0 ? "even" : "odd", payload: Buffer.from(String(n)), time: clock.take(1) };
      await journal.append("in", [arrival]);
    }
  });
  afterEach(async () => {
    await journal.close();
    await rm(folder, { recursive: true });
  });

  function open(options: Partial<RetriesOptions> = {}): Retries {
    const source = {
      decoder: {
        decode: ({ payload }: { readonly payload: Uint8Array }) => ({
          points: [{ tags: NO_TAGS, fields: new Map([["v", Number(Buffer.from(payload).toString())]]) }],
        }),
      },
      origin: () => ({ tags: NO_TAGS }),
      tags: NO_TAGS,
      fingerprint: "1",
    };
    return new Retries({
      journal,
      store,
      makeChain: () => new Chain({ sources: new Map([["in", source]]), steps: [] }),
      output: outputOf({ encode: encodeLine, write: (lines, signal) => write(lines, signal) }),
      wants: () => true,
      batch: { maxPoints: 100, maxBytes: 1e6 },
      writeTimeoutMs: 10_000,
      patienceMs: 300,
      peers: () => [],
      reject: (rejects) => store.add(rejects),
      onAttempt: () => undefined,
      onDelivered: () => undefined,
      ...options,
    });
  }

  const { signal } = new AbortController();
  const values = () => taken.map((line) => Number(/v=(\S+)/.exec(line)?.[1]));
  const rejected = (offset: number, channel: string) => ({
    step: "write",
    input: "in",
    channel,
    offset,
    reason: "refused",
  });

  it("run the readings of an entry alone, and the entry goes", async () => {
    await store.add([rejected(2, "even"), rejected(8, "even"), rejected(3, "odd")]);
    expect(await open().retry(1, signal)).toEqual({ readings: 2, delivered: 2, rejected: 0 });
    expect(values()).toEqual([2, 8]);
    expect(store.entries.map(({ id }) => id)).toEqual([2]);
    expect(await open().retry(1, signal)).toBeUndefined();
  });

  it("make a new entry of what is refused again, also while like ones come in", async () => {
    await store.add([rejected(2, "even"), rejected(4, "even")]);
    write = async (lines) => {
      await store.add([rejected(6, "even")]);
      return { rejected: lines.flatMap((line, index) => (line.includes("v=4") ? [{ index, reason: "refused" }] : [])) };
    };
    expect(await open().retry(1, signal)).toEqual({ readings: 2, delivered: 1, rejected: 1 });
    expect(store.entries).toMatchObject([
      {
        id: 2,
        count: 2,
        ranges: [
          [4, 4],
          [6, 6],
        ],
      },
    ]);
  });

  it("keep the entry while the store takes nothing, and say so in its words", async () => {
    await store.add([rejected(2, "even")]);
    write = async () => {
      throw new WriteError("unavailable", "out for lunch");
    };
    expect((await open().retry(1, signal))?.kept).toContain("out for lunch");
    write = async () => {
      throw new WriteError("refused", "not today");
    };
    expect((await open().retry(1, signal))?.kept).toContain("not today");
    expect(store.entries).toMatchObject([{ id: 1, count: 1 }]);
  });

  it("keep the entry whose readings are not all in the journal any more", async () => {
    await store.add([rejected(8, "even"), rejected(800, "even")]);
    expect(await open().retry(1, signal)).toMatchObject({
      readings: 1,
      delivered: 1,
      kept: "some of its readings are no longer in the journal",
    });
    expect(store.entries).toHaveLength(1);
  });

  it("keep the entry of what goes into windows, which it alone would falsify, and run that of another input", async () => {
    await store.add([rejected(2, "even")]);
    const elsewhere = () => agedChain([windowStep({}, { from: ["else"] })], ["in", "else"]);
    expect((await open({ makeChain: () => agedChain([windowStep()]) }).retry(1, signal))?.kept).toMatch(
      /windows are made/,
    );
    expect(store.entries).toHaveLength(1);
    expect(taken).toEqual([]);
    expect(await open({ makeChain: elsewhere }).retry(1, signal)).toMatchObject({ readings: 1, delivered: 1 });
    expect(store.entries).toEqual([]);
  });

  it("say that steps with a memory began without one", async () => {
    await store.add([rejected(2, "even"), rejected(3, "odd")]);
    const remembering: Step = {
      id: "rate",
      fingerprint: "1",
      processor: { process: (points) => points, save: () => 1 },
    };
    const chain = (from: string) => () => agedChain([{ ...remembering, from: [from] }], ["in", "else"]);
    expect((await open({ makeChain: chain("in") }).retry(1, signal))?.note).toContain("remembered nothing");
    expect(await open({ makeChain: chain("else") }).retry(2, signal)).toEqual({
      readings: 1,
      delivered: 1,
      rejected: 0,
    });
    expect(store.entries).toEqual([]);
  });

  it("count against the bytes of the day", async () => {
    const allowance = new Allowance({
      bytesPerDay: 1e6,
      now: Date.now,
      onUsedUp: () => undefined,
      onRefilled: () => undefined,
    });
    const meter = new Meter((bytes) => allowance.spend(bytes));
    await store.add([rejected(2, "even")]);
    const output = outputOf({ encode: encodeLine, write: (lines, signal) => write(lines, signal) });
    await open({ output: meter.of(output) }).retry(1, signal);
    expect(taken).toHaveLength(1);
    expect(allowance.sent.bytes).toBe((taken[0]?.length ?? 0) + 1);
  });

  it("end when they are closed, and keep the entry", async () => {
    await store.add([rejected(2, "even")]);
    const writing = Promise.withResolvers<void>();
    write = () => {
      writing.resolve();
      return new Promise(() => undefined);
    };
    const retries = open({ patienceMs: 60_000 });
    const retried = retries.retry(1, signal).catch((error: unknown) => String(error));
    await writing.promise;
    await retries.close();
    expect(await retried).toContain("the agent stops");
    expect(store.entries).toHaveLength(1);
  });
});
