import { PassThrough } from "node:stream";
import { BoardLink } from "fieldline/plugin";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BoardClock } from "./board-clock.ts";
import { type KeptLink, keepLink, takeKeptLink } from "./kept-links.ts";
import { Ledger } from "./ledger.ts";
import { SequenceLog } from "./sequence.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened(): { kept: KeptLink; close: () => number; lose: () => void } {
  const lost = Promise.withResolvers<Error>();
  const close = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const link = new BoardLink({ name: "x", stream: new PassThrough(), lost: lost.promise, close }, 115_200);
  const banner = { version: 1, firmware: "", board: "", id: undefined, config: undefined };
  const numbers = { epoch: 0, next: 0, held: 0, channels: 12, clock: 0 };
  const board = { banner: { ...banner, ...numbers }, sequence: new SequenceLog(), clock: new BoardClock(115_200, 0) };
  return {
    kept: { link, board, ledger: new Ledger() },
    close: () => close.mock.calls.length,
    lose: () => lost.resolve(new Error("unplugged")),
  };
}

it("a link is kept until it is taken, once", async () => {
  const { kept, close } = opened();
  keepLink("x", kept);
  expect(takeKeptLink("y")).toBeUndefined();
  expect(takeKeptLink("x")).toMatchObject(kept);
  expect(takeKeptLink("x")).toBeUndefined();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(close()).toBe(0);
});

it("a link that nobody takes is closed, and so is one in whose place another is kept", async () => {
  const [first, second] = [opened(), opened()];
  keepLink("x", first.kept);
  keepLink("x", second.kept);
  expect([first.close(), second.close()]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(4_900);
  expect(second.close()).toBe(0);
  await vi.advanceTimersByTimeAsync(200);
  expect(second.close()).toBe(1);
  expect(takeKeptLink("x")).toBeUndefined();
});

it("a link that is lost meanwhile is not given to anybody", async () => {
  const { kept, close, lose } = opened();
  keepLink("x", kept);
  lose();
  await vi.advanceTimersByTimeAsync(0);
  expect(close()).toBe(1);
  expect(takeKeptLink("x")).toBeUndefined();
});
