import { expect, it } from "vitest";
import { reasonOf } from "./reason-of.ts";

it.each([
  [new Error("broken"), "broken"],
  ["a text", "a text"],
  [undefined, "undefined"],
  [Object.create(null), "an error that cannot be shown"],
  [
    Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("trap");
      },
    }),
    "an error that cannot be shown",
  ],
])("what was thrown is told, whatever it is (%#)", (thrown, text) => {
  expect(reasonOf(thrown)).toBe(text);
});
