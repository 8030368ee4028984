import { describe, expect, it } from "vitest";
import { validate } from "../../schema/index.ts";
import { parseDelimiter } from "./delimiter.ts";
import { checkFraming, framingOf, framingSetting } from "./settings.ts";

const setting = framingSetting(["line"], "How the bytes are cut.");

/** The framing of a YAML tree, or what is wrong with it. */
function read(tree: unknown): unknown {
  const { value, problems } = { value: undefined, ...validate(setting, tree) };
  if (value === undefined) return problems?.map(({ path, code }) => `${path.join(".")} ${code}`);
  const between = checkFraming(value).map(({ path, code }) => `${path.join(".")} ${code}`);
  return between.length > 0 ? between : framingOf(value);
}

describe("the setting framing", () => {
  it("may be a word alone or a map", () => {
    expect(read("line")).toEqual({ type: "line", maxFrame: 65_536 });
    expect(read({ type: "line", max_frame: "1KiB" })).toEqual({ type: "line", maxFrame: 1024 });
    expect(read({ type: "length", length: "32" })).toEqual({ type: "length", length: 32, gapMs: 100 });
    expect(read({ type: "delimiter", delimiter: "\\r\\n\\x1e" })).toEqual({
      type: "delimiter",
      delimiter: Buffer.from("\r\n\x1e"),
      maxFrame: 65_536,
    });
  });

  it("refuses words that are not offered, escapes that are none, and keys that do not go together", () => {
    expect(read("lines")).toEqual([" bad-choice"]);
    expect(read({ type: "delimiter", delimiter: "\\q" })).toEqual(["delimiter bad-text"]);
    expect(read({ type: "delimiter", delimiter: "" })).toEqual(["delimiter bad-text"]);
    expect(read({ type: "delimiter" })).toEqual(["framing.delimiter missing-setting"]);
    expect(read({ type: "length" })).toEqual(["framing.length missing-setting"]);
    expect(read({ type: "line", length: "3" })).toEqual(["framing.length conflicting-settings"]);
  });
});

describe("a delimiter", () => {
  it("reads its escapes, and text as UTF-8", () => {
    expect([...parseDelimiter("\\n\\r\\t\\0\\\\\\xfF°")]).toEqual([10, 13, 9, 0, 92, 255, 0xc2, 0xb0]);
  });
});
