import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Connection, receive, type ReceiveOptions } from "./index.ts";

function connected(): { connection: Connection; lose: (reason: Error) => void } {
  const lost = Promise.withResolvers<Error>();
  const connection = { name: "/dev/x", stream: new PassThrough(), lost: lost.promise, close: () => Promise.resolve() };
  return { connection, lose: lost.resolve };
}
const quiet: ReceiveOptions = { take: () => undefined, gapMs: 0, onGap: () => {}, silenceMs: 0 };

describe("what comes from a device", () => {
  it("is not waited for after the end, and a loss then is nobody's trouble", async () => {
    const unheard: unknown[] = [];
    const note = (reason: unknown) => unheard.push(reason);
    process.on("unhandledRejection", note);
    const { connection, lose } = connected();
    await receive(connection, quiet, AbortSignal.abort());
    lose(new Error("it is closed"));
    await sleep(0);
    process.off("unhandledRejection", note);
    expect(unheard).toEqual([]);
  });

  it("is not missed while the device is held back", async () => {
    const { connection, lose } = connected();
    const room = Promise.withResolvers<void>();
    const ended = receive(
      connection,
      { ...quiet, take: () => room.promise, silenceMs: 20 },
      new AbortController().signal,
    );
    connection.stream.write("a");
    // Longer than the silence by far.
    await Promise.race([ended, sleep(100)]);
    lose(new Error("it is unplugged"));
    await expect(ended).rejects.toThrow("it is unplugged");
  });

  it("is missed when there is room again and nothing comes", async () => {
    const { connection } = connected();
    const taken = { ...quiet, take: () => sleep(30), silenceMs: 20 };
    const ended = receive(connection, taken, new AbortController().signal);
    connection.stream.write("a");
    await expect(ended).rejects.toThrow("/dev/x has been silent for 0.02 s: opening it again");
  });
});
