import { describe, expect, it } from "vitest";
import { outputOf } from "../../test/parts/text-output.ts";
import { batchOf } from "../plugin/index.ts";
import { Meter } from "./meter.ts";

describe("what an output sends", () => {
  const { signal } = new AbortController();
  const texts = ["m v=1 1", 'm s="ü" 2'];
  const batch = batchOf(texts);

  it("is what it says, if only that it has sent nothing", async () => {
    const sent: number[] = [];
    const meter = new Meter((bytes) => sent.push(bytes));
    meter.sent(0);
    const output = meter.of(outputOf({ encode: () => "", write: async (lines) => meter.sent(lines.length * 100) }));
    await output.write(batch, signal);
    expect(sent).toEqual([200]);
  });

  it("is what its points take, each with a line feed, when it says nothing, also of a write that fails", async () => {
    const sent: number[] = [];
    const output = new Meter((bytes) => sent.push(bytes)).of(
      outputOf({ encode: () => "", write: async () => Promise.reject(new Error("down")) }),
    );
    await expect(output.write(batch, signal)).rejects.toThrow("down");
    expect(sent).toEqual([Buffer.byteLength(`${texts.join("\n")}\n`)]);
  });
});
