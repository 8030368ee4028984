import { describe, expect, it } from "vitest";
import { WholeMessages } from "./whole-messages.ts";

const MESSAGES = [
  [0xe0, 0x12, 0x01],
  [0x90, 0x7f, 0x01],
  [0xf0, 0x77, 72, 0, 0, 0, 0x19, 0, 0, 0, 0xf7],
  [0xe5, 0x00, 0x00],
  [0xf9, 2, 5],
];
const BYTES = MESSAGES.flat();

function cut(bytes: readonly number[], size = bytes.length): number[][] {
  const messages = new WholeMessages();
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.slice(at * size, (at + 1) * size),
  );
  return pieces.flatMap((piece) => messages.push(Uint8Array.from(piece)));
}

describe("messages of Firmata", () => {
  it("are the same however they arrive", () => {
    for (let size = 1; size <= BYTES.length; size++) expect(cut(BYTES, size)).toEqual(MESSAGES);
  });

  it("are none but those that were sent, and the others all, when a byte is lost", () => {
    let end = 0;
    const short = MESSAGES.filter(({ length }) => length === 3);
    for (const message of short) {
      const others = short.filter((other) => other !== message);
      for (const start = end; end < start + 3; end++) expect(cut(short.flat().toSpliced(end, 1))).toEqual(others);
    }
  });

  it("begin anew within one that does not end, and behind noise", () => {
    expect(cut([0x05, 0xf7, 0xc3, 0x01, 0xf0, 0x71, 0x05, ...BYTES])).toEqual(MESSAGES);
  });

  it("are not kept when they are endless", () => {
    expect(cut([0xf0, ...Array.from({ length: 5_000 }, () => 1), 0xf7, ...BYTES])).toEqual(MESSAGES);
  });
});
