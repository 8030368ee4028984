import { defineDecoder } from "fieldline/plugin";

export default defineDecoder({
  name: "undeclared",
  summary: "Takes a setting that every decoder has.",
  settings: { type: {} },
  examples: ["type: undeclared\n"],
  create: () => ({ decode: () => ({ points: [] }) }),
});
