import { defineInput } from "fieldline/plugin";

export default defineInput({
  name: "stdin",
  summary: "Has the name of another input.",
  settings: {},
  examples: ["type: stdin\n"],
  create: () => ({ run: async () => {} }),
});
