import { describe, expect, it } from "vitest";
import { outputOf } from "../../test/parts/text-output.ts";
import { type Output, type PartialWrite, WriteError } from "../plugin/index.ts";
import { Delivery } from "./delivery.ts";
import { type Item, loadOf } from "./item.ts";

type Store = (batch: readonly string[]) => PartialWrite | void;

function item(text: string, offset: number): Item {
  return { offset, line: Buffer.from(`${text}\n`) };
}

const textOf = ({ line }: Item) => line.toString().trimEnd();
const items = (...texts: string[]) => texts.map(item);

/** A sink that answers as told and keeps what it took. */
function sink(answer: Store) {
  const taken = new Set<string>();
  const writes: (readonly string[])[] = [];
  const output = outputOf({
    encode: () => "",
    async write(batch) {
      writes.push(batch);
      const partial = answer(batch);
      const left = new Set([...(partial?.rejected ?? []).map(({ index }) => index), ...(partial?.retry ?? [])]);
      batch.forEach((line, index) => !left.has(index) && taken.add(line));
      return partial;
    },
  });
  return { taken, writes, output };
}

function delivery(output: Output, options: { maxPoints?: number; peers?: readonly Item[] } = {}) {
  const errors: WriteError[] = [];
  const said: string[] = [];
  const made = new Delivery({
    output,
    maxPoints: options.maxPoints ?? 1000,
    maxBytes: 1e6,
    timeoutMs: 5_000,
    peers: () => options.peers ?? [],
    onAttempt: (error) => errors.push(error),
    onTaken: () => said.push("taken"),
    onTrouble: (error, points) => said.push(`${error.kind} ${points}`),
  });
  return {
    errors,
    said,
    deliver: (some: readonly Item[], signal = AbortSignal.timeout(20_000)) => made.deliver(loadOf(some), signal),
  };
}

const refuse =
  (bad: (line: string) => boolean): Store =>
  (batch) => {
    if (batch.some(bad)) throw new WriteError("refused", "field type conflict");
  };

/** Fails so many times, then takes everything. */
function failing(times: number, error: WriteError): Store {
  let left = times;
  return () => {
    if (left-- > 0) throw error;
  };
}

describe("delivery", () => {
  it("isolates the bad points of a refused batch and delivers the rest", async () => {
    const { taken, output } = sink(refuse((line) => line.includes("bad")));
    const all = items(
      ...Array.from({ length: 100 }, (_, n) => (n === 17 || n === 63 ? `m bad${n}` : `m${n % 3} s${n}`)),
    );
    const refusals = await delivery(output).deliver(all);
    expect(refusals.map((refusal) => [textOf(refusal.item), refusal.reason])).toEqual([
      ["m bad17", "field type conflict"],
      ["m bad63", "field type conflict"],
    ]);
    expect(taken.size).toBe(98);
  });

  it("rejects nothing while the sink refuses everything, and delivers all once it takes points again", async () => {
    let refusing = true;
    const { taken, output, writes } = sink(() => {
      if (refusing) throw new WriteError("refused", "bad request");
    });
    const all = items(...Array.from({ length: 200 }, (_, n) => `m s${n}`));
    const done = delivery(output).deliver(all);
    await expect.poll(() => writes.length).toBeGreaterThan(30);
    refusing = false;
    expect(await done).toEqual([]);
    expect(taken.size).toBe(200);
  });

  it("rejects nothing when a sink that worked begins to refuse everything", async () => {
    let refusing = false;
    const { taken, output, writes } = sink(() => {
      if (refusing) throw new WriteError("refused", "bad request");
    });
    const one = delivery(output);
    await one.deliver(items("m s1"));
    refusing = true;
    const done = one.deliver(items("m s2"));
    await expect.poll(() => writes.length).toBeGreaterThan(3);
    refusing = false;
    expect(await done).toEqual([]);
    expect([...taken]).toEqual(["m s1", "m s2"]);
  });

  it("rejects nothing when a sink that refused everything recovers in the middle of the search", async () => {
    for (const refusals of [1, 3, 6, 9, 14]) {
      const { taken, output } = sink(failing(refusals, new WriteError("refused", "bad request")));
      expect(await delivery(output).deliver(items("m a", "m b", "m c", "m d", "n e", "n f"))).toEqual([]);
      expect(taken.size).toBe(6);
    }
  });

  it("rejects nothing good while every other write is refused, as by one of two servers behind one address", async () => {
    let turn = 0;
    const { taken, output } = sink((batch) => {
      if (turn++ % 2 === 1 || batch.some((line) => line.includes("bad")))
        throw new WriteError("refused", "bad request");
    });
    const one = delivery(output);
    const refused: string[] = [];
    for (let batch = 0; batch < 3; batch++) {
      const some = items(...Array.from({ length: 7 }, (_, n) => `m${n % 2} ${n === 3 ? "bad" : "s"}${batch}-${n}`));
      refused.push(...(await one.deliver(some)).map((refusal) => textOf(refusal.item)));
    }
    expect(refused).toEqual(Array.from({ length: 3 }, (_, batch) => `m1 bad${batch}-3`));
    expect(taken.size).toBe(18);
  });

  it("ends its search when a sink begins to refuse everything in the middle of it, and waits", async () => {
    let refusing = false;
    let refused = 0;
    const { taken, output, writes } = sink((batch) => {
      if (batch.length === 1 && taken.size > 5) refusing = true;
      if (refusing || batch.some((line) => line.includes("bad"))) {
        refused += 1;
        throw new WriteError("refused", "bad request");
      }
    });
    const one = delivery(output);
    await one.deliver(items("m s1", "m s2"));
    const all = items(...Array.from({ length: 2_000 }, (_, n) => `m ${n % 3 === 0 ? "bad" : "t"}${n}`));
    const stop = new AbortController();
    const done = one.deliver(all, stop.signal);
    await expect.poll(() => one.said.length).toBeGreaterThan(1);
    expect(refused).toBeLessThan(150);
    expect(writes.length).toBeLessThan(250);
    stop.abort();
    await expect(done).rejects.toThrow("aborted");
  });

  it("writes what is taken or refused for certain only once more when the search has to begin again", async () => {
    let writesLeft = 9;
    const { taken, output, writes } = sink((batch) => {
      writesLeft -= 1;
      if ((writesLeft < 0 && writesLeft > -20) || batch.some((line) => line.includes("bad")))
        throw new WriteError("refused", "bad request");
    });
    const one = delivery(output);
    await one.deliver(items("m first"));
    await one.deliver(items(...Array.from({ length: 64 }, (_, n) => `m ${n === 63 ? "bad" : "t"}${n}`)));
    expect(taken.size).toBe(64);
    const times = writes.flat().filter((line) => line === "m t0").length;
    expect(times).toBeLessThanOrEqual(2);
  });

  it("says once that it delivers, and nothing of the refusals of a search", async () => {
    const { output } = sink(refuse((line) => line.includes("bad")));
    const one = delivery(output);
    await one.deliver(items(...Array.from({ length: 100 }, (_, n) => `m ${n % 9 === 0 ? "bad" : "s"}${n}`)));
    expect(one.said).toEqual(["taken"]);
    expect(one.errors.length).toBeGreaterThan(12);
  });

  it("ends when aborted although the output does not listen to the signal", async () => {
    const stop = new AbortController();
    const writing = Promise.withResolvers<void>();
    const output: Output = {
      encode: () => "",
      write() {
        writing.resolve();
        return new Promise(() => undefined);
      },
    };
    const done = delivery(output).deliver(items("m a"), stop.signal);
    await writing.promise;
    stop.abort();
    await expect(done).rejects.toThrow("aborted");
  });

  it("rejects a lone bad point once the sink has taken another point", async () => {
    const { output } = sink(refuse((line) => line.includes("bad")));
    const one = delivery(output);
    await one.deliver(items("m s1"));
    expect((await one.deliver(items("m bad"))).map((refusal) => textOf(refusal.item))).toEqual(["m bad"]);
  });

  it("rejects a lone bad point at the start once a point behind it is taken", async () => {
    const { output } = sink(refuse((line) => line.includes("bad")));
    const peers = items("m s1");
    expect(await delivery(output, { peers }).deliver(items("m bad"))).toHaveLength(1);
  });

  it("takes the sink's word for the lines that it names", async () => {
    const { taken, output } = sink((batch) => {
      const index = batch.indexOf("m bad");
      return index < 0 ? undefined : { rejected: [{ index, reason: "line 2: bad" }] };
    });
    const refusals = await delivery(output).deliver(items("m a", "m bad", "m b"));
    expect(refusals.map(({ reason }) => reason)).toEqual(["line 2: bad"]);
    expect([...taken]).toEqual(["m a", "m b"]);
  });

  it("sends again what the sink asks to have again", async () => {
    const { taken, output } = sink((batch) => (batch.length > 1 ? { retry: [1] } : undefined));
    expect(await delivery(output).deliver(items("m a", "m b"))).toEqual([]);
    expect([...taken]).toEqual(["m a", "m b"]);
  });

  it("splits what is too large", async () => {
    const { taken, output } = sink((batch) => {
      if (batch.length > 3) throw new WriteError("too_large", "413");
    });
    await delivery(output).deliver(items(...Array.from({ length: 20 }, (_, n) => `m s${n}`)));
    expect(taken.size).toBe(20);
  });

  it.each(["busy", "denied", "unavailable"] as const)("keeps and tries again what is %s", async (kind) => {
    const { taken, output } = sink(failing(2, new WriteError(kind, "not now", { retryAfterMs: 10 })));
    expect(await delivery(output).deliver(items("m a", "m b"))).toEqual([]);
    expect(taken.size).toBe(2);
  });

  it("treats an output that throws something else as unavailable", async () => {
    const { taken, output } = sink(failing(1, new TypeError("oops") as never));
    const one = delivery(output);
    expect(await one.deliver(items("m a"))).toEqual([]);
    expect(one.errors.map(({ kind, message }) => [kind, message])).toEqual([["unavailable", "oops"]]);
    expect(taken.size).toBe(1);
  });

  it("keeps to the batch's bounds", async () => {
    const { writes, output } = sink(() => undefined);
    await delivery(output, { maxPoints: 7 }).deliver(items(...Array.from({ length: 20 }, (_, n) => `m s${n}`)));
    expect(writes.map(({ length }) => length)).toEqual([7, 7, 6]);
  });

  it("ends at once when aborted, in the middle of a wait too", async () => {
    const { output, writes } = sink(failing(1e9, new WriteError("unavailable", "down")));
    const stop = new AbortController();
    const done = delivery(output).deliver(items("m a"), stop.signal);
    await expect.poll(() => writes.length).toBeGreaterThan(0);
    stop.abort();
    await expect(done).rejects.toThrow("aborted");
  });
});
