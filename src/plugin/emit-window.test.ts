import { describe, expect, it } from "vitest";
import type { Arrival } from "../model/index.ts";
import type { EmitOptions } from "./contract.ts";
import { EmitWindow } from "./emit-window.ts";

function arrival(bytes: number): Arrival {
  return { channel: "port", payload: new Uint8Array(bytes), time: { seconds: 1, nanos: 0 } };
}

/** A journal whose syncs are ended by hand. */
function journal() {
  const syncs: PromiseWithResolvers<void>[] = [];
  const options: (EmitOptions | undefined)[] = [];
  const emit = (arrivals: readonly Arrival[], option?: EmitOptions) => {
    const sync = Promise.withResolvers<void>();
    options.push(option);
    if (arrivals.length === 0) for (const pending of syncs) pending.resolve();
    else syncs.push(sync);
    return arrivals.length === 0 ? Promise.resolve() : sync.promise;
  };
  return { syncs, options, emit };
}

describe("a window of readings on their way into the journal", () => {
  it("is full until what was sent is durable", async () => {
    const { syncs, emit } = journal();
    const window = new EmitWindow(emit, 300);
    window.send([arrival(60)]);
    expect(window.full).toBe(false);
    window.send([arrival(60)]);
    expect(window.full).toBe(true);
    const room = window.room();
    syncs[0]?.resolve();
    await room;
    expect(window.full).toBe(false);
    syncs[1]?.resolve();
  });

  it("has what is on its way synced at once when its end is waited for", async () => {
    const { options, emit } = journal();
    const window = new EmitWindow(emit, 300);
    window.send([arrival(60)]);
    await window.settled(new AbortController().signal);
    expect(options).toMatchObject([{ senderWaits: false }, { senderWaits: true }]);
  });

  it("has readings synced at once when they fill it and their sender can wait", () => {
    const { options, emit } = journal();
    const window = new EmitWindow(emit, 300);
    window.send([arrival(60)]);
    window.send([arrival(60)]);
    window.send([arrival(60)], { canWait: false });
    expect(options).toMatchObject([{ senderWaits: false }, { senderWaits: true }, { senderWaits: false }]);
  });

  it("throws what emit threw, to whoever waits", async () => {
    const { syncs, emit } = journal();
    const window = new EmitWindow(emit, 10);
    window.send([arrival(60)]);
    const room = window.room();
    syncs[0]?.reject(new Error("the input is being stopped"));
    await expect(room).rejects.toThrow("being stopped");
    await expect(window.settled(new AbortController().signal)).rejects.toThrow("being stopped");
    await window.settled(AbortSignal.abort());
  });
});
