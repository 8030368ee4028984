import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { goldenFrames } from "./golden.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

/** CRC-16/IBM-SDLC, bit by bit from its definition, as the four characters of the wire. */
function checksumOf(bytes: Uint8Array): string {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1;
  }
  crc ^= 0xffff;
  return [12, 8, 4, 0].map((shift) => String.fromCharCode(0x40 | ((crc >> shift) & 0x0f))).join("");
}

/** The checksum of a frame that ends in a space, its checksum and a line feed. */
function saidChecksum(bytes: Buffer): string {
  return bytes.subarray(-5, -1).toString("latin1");
}

describe("the golden frames", () => {
  it("have the checksum that CRC catalogues list for 123456789", () => {
    expect(checksumOf(Buffer.from("123456789"))).toBe("I@FN");
  });

  it.each(["groups", "banners", "failures", "answers"] as const)("%s carry their checksums", (file) => {
    const frames = goldenFrames(file);
    expect(frames.length).toBeGreaterThan(2);
    expect(frames.map(({ bytes }) => saidChecksum(bytes))).toEqual(
      frames.map(({ bytes }) => checksumOf(bytes.subarray(0, -6))),
    );
  });

  it("commands carry their checksums", () => {
    const good = goldenFrames("commands").filter(({ values }) => values["words"] !== undefined);
    expect(good.length).toBeGreaterThan(30);
    const texts = good.map(({ values }) => `!${values["words"]}`);
    expect(good.map(({ bytes }) => bytes.toString("utf8"))).toEqual(
      texts.map((text) => `${text}*${checksumOf(Buffer.from(text))}\n`),
    );
  });

  it("groups say what stands beside them", () => {
    const groups = goldenFrames("groups");
    expect(groups.map(({ bytes }) => bytes.subarray(0, -6).toString("utf8"))).toEqual(
      groups.map(({ values: { line, mark, sequence, time } }) => `${line}\n#${mark}${sequence} ${time}`),
    );
  });

  it("are what the protocol shows at its beginning", () => {
    const [, shown = ""] = /```\n(.*?)```/su.exec(read("../PROTOCOL.md")) ?? [];
    // Remarks stand behind two spaces or more.
    const text = shown.replaceAll(/ {2,}.*$/gmu, "").replaceAll(/^\n+/gmu, "");
    const frames = [goldenFrames("banners")[1], goldenFrames("groups")[0], goldenFrames("failures")[1]];
    expect(text).toBe(Buffer.concat(frames.map((frame) => frame?.bytes ?? Buffer.alloc(0))).toString());
  });

  it("name the kinds of sensors that the tables have", () => {
    const [, ...kinds] = goldenFrames("answers").at(-1)?.values["answer"]?.split(" ") ?? [];
    expect(kinds.length).toBeGreaterThan(15);
    for (const page of ["../PROTOCOL.md", "../README.md"]) {
      const rows = [...read(page).matchAll(/^\| `([a-z0-9]+)` +\|/gmu)].map(([, kind]) => kind);
      expect(rows).toEqual(expect.arrayContaining(kinds));
    }
  });

  it("have one group of the greatest length that the protocol names", () => {
    const lengths = goldenFrames("groups").map(({ bytes }) => bytes.length);
    expect(Math.max(...lengths)).toBe(109);
  });
});
