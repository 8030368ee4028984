import { duplexPair } from "node:stream";
import { expect, it } from "vitest";
import { ByteReader } from "./byte-reader.ts";

const never = new AbortController().signal;
const MOST_MS = 1_000;

function readerOf(...chunks: readonly Buffer[]) {
  const [stream, far] = duplexPair();
  const reader = new ByteReader(stream);
  for (const chunk of chunks) far.write(chunk);
  return { reader, far };
}

it("bytes are taken in the numbers that are asked for, however they come", async () => {
  const { reader } = readerOf(Buffer.from("abc"), Buffer.from("defg"));
  const taken = [];
  for (const count of [2, 3, 2]) taken.push((await reader.take(count, MOST_MS, never))?.toString());
  expect(taken).toEqual(["ab", "cde", "fg"]);
});

it("bytes that are too few stay for the next time", async () => {
  const { reader, far } = readerOf(Buffer.from("a"));
  expect(await reader.take(2, 20, never)).toBeUndefined();
  far.write("b");
  expect((await reader.take(2, MOST_MS, never))?.toString()).toBe("ab");
});

it("of what nobody takes the last 4096 bytes are kept, and all are counted", async () => {
  const { reader } = readerOf(Buffer.alloc(5_000, "a"), Buffer.alloc(96, "b"));
  await expect.poll(() => reader.heard).toBe(5_096);
  const kept = await reader.take(4_096, MOST_MS, never);
  expect(kept?.toString()).toBe("a".repeat(4_000) + "b".repeat(96));
  expect(await reader.take(1, 20, never)).toBeUndefined();
});

it("what comes is forgotten until the line is quiet", async () => {
  const { reader, far } = readerOf(Buffer.from("abc"));
  await reader.drain(50, MOST_MS, never);
  far.write("d");
  expect((await reader.take(1, MOST_MS, never))?.toString()).toBe("d");
});
