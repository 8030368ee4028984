import { checkFraming, defineInput, framingOf, framingSetting } from "fieldline/plugin";
import { StdinInput } from "./stdin-input.ts";

export default defineInput({
  name: "stdin",
  summary: "Reads what is piped into the agent, and ends when the pipe does.",
  settings: {
    framing: framingSetting(
      ["lines", "line"],
      "How the stream is cut into readings: `lines` takes as many whole lines together as came at once, `line` one " +
        "line each, and a map may name a delimiter or a fixed length. `lines` is by far the quickest, for decoders " +
        "that take several lines; a quoted string that runs over several lines may be cut between two readings.",
    ).prefault("lines"),
  },
  examples: [
    "type: stdin\n",
    "type: stdin\nframing: { type: line, max_frame: 1MiB }\ndecode: { type: json, measurement: pipe }\n",
  ],
  defaultDecoder: "line_protocol",
  check: ({ framing }) => checkFraming(framing),
  claims: () => [{ kind: "file", name: "stdin" }],
  create: ({ framing }, context) => new StdinInput(framingOf(framing), context, () => process.stdin),
});
