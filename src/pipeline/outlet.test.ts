import { afterEach, describe, expect, it } from "vitest";
import { outputOf, type TextOutput } from "../../test/parts/text-output.ts";
import { Journal } from "../journal/index.ts";
import { Clock, encodeLine } from "../model/index.ts";
import { type Decoder, type Processor, WriteError } from "../plugin/index.ts";
import { Chain } from "./chain.ts";
import { Outlet } from "./outlet.ts";
import type { OutletOptions } from "./outlet-options.ts";
import type { SavedProgress } from "./progress.ts";
import type { Reject } from "./reject.ts";
import type { Step } from "./step.ts";

/** `bad` is a rejection; every other word of the payload is the value of a point. */
const words: Decoder = {
  decode({ payload }) {
    const all = Buffer.from(payload).toString().split(" ");
    const points = all
      .filter((word) => word !== "bad")
      .map((word) => ({ tags: new Map(), fields: new Map([["v", Number(word)]]) }));
    return { points, rejected: points.length < all.length ? [{ reason: "bad word" }] : [] };
  },
};

/** Numbers its points: what it remembers shows in them. */
function counting(): Step {
  let seen = 0;
  const process: Processor["process"] = (points) =>
    points.map((point) => ({ ...point, fields: new Map([...point.fields, ["n", ++seen]]) }));
  return {
    id: "count",
    fingerprint: "1",
    processor: { process, save: () => seen, restore: (state) => (seen = Number(state)) },
  };
}

const values = (lines: readonly string[]) => lines.map((line) => Number(/v=(\S+?)[ ,]/.exec(line)?.[1]));

describe("outlet", () => {
  const journals: Journal[] = [];
  afterEach(async () => {
    for (const journal of journals.splice(0)) await journal.close();
  });

  async function openJournal(): Promise<Journal> {
    const journal = await Journal.open({
      directory: "/memory",
      durability: "memory",
      syncWithinMs: 5,
      maxSize: 2 ** 24,
      maxAgeMs: 1e9,
      whenFull: "block",
    });
    journals.push(journal);
    return journal;
  }

  const clock = new Clock();
  const arrivals = (payloads: readonly string[]) =>
    payloads.map((text) => ({ channel: "c", payload: Buffer.from(text), time: clock.take(text.length) }));
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));

  /** An outlet into a list, with the cursor where `saved` says. */
  function open(
    journal: Journal,
    options: Partial<OutletOptions> & { steps?: () => readonly Step[]; write?: TextOutput["write"] } = {},
  ) {
    const taken: string[] = [];
    const batches: number[] = [];
    const rejects: Reject[] = [];
    const saves: SavedProgress[] = [];
    const output = outputOf({
      encode: encodeLine,
      async write(batch, signal) {
        const partial = await options.write?.(batch, signal);
        taken.push(...batch);
        batches.push(batch.length);
        return partial;
      },
    });
    const source = {
      decoder: words,
      origin: () => ({ tags: new Map<string, string>() }),
      tags: new Map<string, string>(),
      fingerprint: "1",
    };
    const outlet = new Outlet({
      journal,
      makeChain: () => new Chain({ sources: new Map([["in", source]]), steps: options.steps?.() ?? [] }),
      output,
      wants: () => true,
      batch: { maxPoints: 100, maxBytes: 1e6, maxWaitMs: 10, inFlight: 1 },
      writeTimeoutMs: 10_000,
      saved: { offset: 0 },
      save: async (progress) => void saves.push(structuredClone(progress)),
      saveEveryBytes: 1e9,
      onSaved: () => undefined,
      reject: async (found) => void rejects.push(...found),
      onDecoded: () => undefined,
      onDelivered: () => undefined,
      onAttempt: () => undefined,
      onTaken: () => undefined,
      onTrouble: () => undefined,
      onFailure: (what, error) => {
        throw new Error(what, { cause: error });
      },
      ...options,
    });
    const abort = new AbortController();
    const done = outlet.run(abort.signal);
    return { outlet, taken, batches, rejects, saves, done, abort };
  }

  it("delivers each point once, in order, and saves the cursor where it stopped", async () => {
    const journal = await openJournal();
    const { outlet, taken, saves, done } = open(journal);
    await journal.append("in", arrivals(numbers(0, 500)));
    await journal.append("in", arrivals(["500 501"]));
    outlet.drain(journal.end);
    await done;
    expect(values(taken)).toEqual(numbers(0, 502).map(Number));
    expect(saves.at(-1)).toEqual({ offset: journal.end });
  });

  it("goes on at its cursor after a clean stop and delivers nothing twice", async () => {
    const journal = await openJournal();
    const first = open(journal);
    await journal.append("in", arrivals(numbers(0, 50)));
    first.outlet.drain(journal.end);
    await first.done;
    await journal.append("in", arrivals(numbers(50, 100)));
    const second = open(journal, { saved: first.saves.at(-1) ?? { offset: 0 } });
    second.outlet.drain(journal.end);
    await second.done;
    expect(values([...first.taken, ...second.taken])).toEqual(numbers(0, 100).map(Number));
  });

  it("keeps to the bounds of a batch and never cuts a reading in two", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(Array.from({ length: 10 }, () => "1 2 3 4 5 6 7")));
    const { outlet, batches, done } = open(journal, {
      batch: { maxPoints: 20, maxBytes: 1e6, maxWaitMs: 1_000, inFlight: 1 },
    });
    outlet.drain(journal.end);
    await done;
    expect(batches).toEqual([14, 14, 14, 14, 14]);
  });

  it("sends a batch when it is old enough, without more to come", async () => {
    const journal = await openJournal();
    const { taken, outlet, done } = open(journal);
    await journal.append("in", arrivals(["1"]));
    await expect.poll(() => values(taken)).toEqual([1]);
    await journal.append("in", arrivals(["2"]));
    await expect.poll(() => values(taken)).toEqual([1, 2]);
    outlet.drain(journal.end);
    await done;
  });

  it("keeps a cursor at the lowest unfinished batch when several are in flight", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(numbers(0, 40)));
    const gate = Promise.withResolvers<void>();
    const { outlet, taken, done } = open(journal, {
      batch: { maxPoints: 10, maxBytes: 1e6, maxWaitMs: 1, inFlight: 4 },
      write: (batch) => (values(batch).includes(10) ? gate.promise : Promise.resolve()),
    });
    await expect.poll(() => taken.length).toBe(30);
    await expect.poll(() => outlet.cursor).toBe(10);
    gate.resolve();
    await expect.poll(() => outlet.cursor).toBe(40);
    outlet.drain(journal.end);
    await done;
  });

  it("makes rejects durable before the cursor passes them", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(["1", "bad 2", "3"]));
    const gate = Promise.withResolvers<void>();
    const kept: Reject[] = [];
    const { outlet, taken, done } = open(journal, {
      reject: async (found) => {
        await gate.promise;
        kept.push(...found);
      },
    });
    await expect.poll(() => taken.length).toBe(3);
    expect(outlet.cursor).toBe(0);
    gate.resolve();
    outlet.drain(journal.end);
    await done;
    expect(kept).toMatchObject([{ step: "decode", channel: "c", offset: 1, reason: "bad word" }]);
    expect(outlet.cursor).toBe(3);
  });

  it("makes the points that its sink refuses rejects with their channel and text", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(["1", "2", "3"]));
    const { outlet, rejects, taken, done } = open(journal, {
      write: async (batch) => {
        if (batch.some((line) => line.includes("v=2"))) throw new WriteError("refused", "no twos");
      },
    });
    outlet.drain(journal.end);
    await done;
    expect(new Set(values(taken))).toEqual(new Set([1, 3]));
    expect(rejects).toMatchObject([{ step: "write", input: "in", channel: "c", offset: 1, reason: "no twos" }]);
    expect(rejects[0]?.line).toMatch(/^in v=2 /);
  });

  it("leaves what it could not deliver for the next start when it is abandoned", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(["1", "2"]));
    const { abort, outlet, saves, done } = open(journal, {
      write: async () => Promise.reject(new WriteError("unavailable", "down")),
    });
    outlet.drain(journal.end);
    abort.abort();
    await done;
    expect(saves.at(-1)?.offset).toBe(0);
  });

  it("reads no further than a batch of rejects while its sink does not answer", async () => {
    const journal = await openJournal();
    const gate = Promise.withResolvers<void>();
    let decoded = 0;
    const { outlet, done, rejects } = open(journal, {
      write: () => gate.promise,
      onDecoded: (readings) => (decoded += readings),
    });
    await journal.append("in", arrivals(["1"]));
    const bad = `bad${" bad".repeat(250)}`;
    for (let n = 0; n < 3_000; n += 100) await journal.append("in", arrivals(Array.from({ length: 100 }, () => bad)));
    await expect.poll(() => decoded).toBeGreaterThan(100);
    await journal.append("in", arrivals(["2"]));
    expect(decoded).toBeLessThan(1_000);
    gate.resolve();
    outlet.drain(journal.end);
    await done;
    expect(rejects).toHaveLength(3_000);
  });

  it("saves a memory of its steps that belongs to the offset it is saved with, also in the middle of a block", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(numbers(0, 200)));
    const { outlet, saves, done } = open(journal, {
      steps: () => [counting()],
      saveEveryBytes: 1,
      batch: { maxPoints: 10, maxBytes: 1e6, maxWaitMs: 1, inFlight: 2 },
    });
    await expect.poll(() => outlet.cursor).toBe(200);
    await journal.append("in", arrivals(numbers(200, 400)));
    outlet.drain(journal.end);
    await done;
    const states = saves.flatMap(({ state }) => (state === undefined ? [] : [state]));
    expect(states.length).toBeGreaterThan(0);
    for (const { offset, steps } of states) expect(steps["count 1"]).toBe(offset);
    for (const { offset, state } of saves) expect(state?.offset ?? 0).toBeLessThanOrEqual(offset);
  });

  it("forgets the memory of steps that it has no longer, and does not read for it", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(["1", "2", "3"]));
    const { outlet, saves, done } = open(journal, {
      saved: { offset: 2, state: { offset: 0, steps: { "count 1": 0 } } },
    });
    expect(outlet.needed).toBe(2);
    outlet.drain(journal.end);
    await done;
    expect(saves.at(-1)).toEqual({ offset: 3 });
  });

  it("has the journal keep what it would read again for the memory of its steps", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(["1", "2", "3"]));
    const state = { offset: 1, steps: { "count 1": 1 } };
    const { outlet, done } = open(journal, { steps: () => [counting()], saved: { offset: 3, state } });
    expect(outlet.needed).toBe(1);
    outlet.drain(journal.end);
    await done;
    expect(outlet.needed).toBe(3);
  });

  it("saves its cursor again when that failed, without more to deliver", async () => {
    const journal = await openJournal();
    let failures = 2;
    const saves: number[] = [];
    const failed: string[] = [];
    const { outlet, done } = open(journal, {
      saveEveryBytes: 1,
      save: async ({ offset }) => {
        if (failures-- > 0) throw new Error("no space left on device");
        saves.push(offset);
      },
      onFailure: (what) => failed.push(what),
    });
    await journal.append("in", arrivals(["1"]));
    await expect.poll(() => saves, { timeout: 5_000 }).toEqual([1]);
    expect(failed).toEqual(["cursor", "cursor"]);
    outlet.drain(journal.end);
    await done;
  });

  it("keeps its cursor before a point that a processor has put behind later ones", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(numbers(0, 6)));
    const reversing: Step = { id: "r", fingerprint: "r", processor: { process: (points) => points.toReversed() } };
    const { abort, taken, saves, done } = open(journal, {
      steps: () => [reversing],
      batch: { maxPoints: 2, maxBytes: 1e6, maxWaitMs: 1, inFlight: 1 },
      write: async (batch) => {
        if (values(batch).some((value) => value === 2 || value === 3)) throw new WriteError("unavailable", "down");
      },
    });
    await expect.poll(() => taken.length).toBeGreaterThan(0);
    abort.abort();
    await done;
    const { offset = 0 } = saves.at(-1) ?? {};
    for (let n = 0; n < offset; n++) expect(values(taken)).toContain(n);
  });

  it("reads again after the journal could not be read, also while it warms its steps", async () => {
    const journal = await openJournal();
    await journal.append("in", arrivals(["1", "1", "1"]));
    let failures = 1;
    const flaky = new Proxy(journal, {
      get(target, name) {
        if (name === "read" && failures-- > 0) return async () => Promise.reject(new Error("EIO"));
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
    const failed: string[] = [];
    const { outlet, taken, done } = open(flaky, {
      steps: () => [counting()],
      saved: { offset: 2, state: { offset: 0, steps: { "count 1": 0 } } },
      onFailure: (what) => failed.push(what),
    });
    outlet.drain(journal.end);
    await done;
    expect(failed).toEqual(["journal"]);
    expect(taken.map((line) => /n=(\d+)/.exec(line)?.[1])).toEqual(["3"]);
  });

  it("ends when its sink has gone for good, and keeps what is left", async () => {
    const journal = await openJournal();
    const { outlet, saves, done } = open(journal, {
      write: async () => Promise.reject(new WriteError("gone", "no reader")),
    });
    await journal.append("in", arrivals(["1", "2"]));
    await done;
    expect(outlet.gone?.message).toBe("no reader");
    expect(saves.at(-1)?.offset).toBe(0);
  });

  it("remembers over a restart what its steps have seen, also beyond the saved place", async () => {
    const journal = await openJournal();
    const first = open(journal, { steps: () => [counting()] });
    await journal.append("in", arrivals(["1", "1"]));
    first.outlet.drain(journal.end);
    await first.done;
    const saved = first.saves.at(-1);
    expect(saved?.state?.offset).toBe(2);
    await journal.append("in", arrivals(["1"]));
    // The chain's memory may be older than the cursor: the readings in between are read again, silently.
    const older = { offset: 2, state: { offset: 0, steps: { "count 1": 0 } } };
    for (const from of [saved ?? older, older]) {
      const next = open(journal, { steps: () => [counting()], saved: from });
      next.outlet.drain(journal.end);
      await next.done;
      expect(next.taken.map((line) => /n=(\d+)/.exec(line)?.[1])).toEqual(["3"]);
    }
  });
});
