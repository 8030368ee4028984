import {
  choice,
  defineDecoder,
  defineInput,
  defineOutput,
  defineProcessor,
  dictionary,
  duration,
  either,
  flag,
  group,
  integer,
  list,
  number,
  path,
  size,
  text,
} from "fieldline/plugin";

const probe = defineInput({
  name: "probe",
  summary: "Has a setting of every type.",
  settings: {
    url: text("Where the probe is.").optional(),
    topics: list(text("A topic."), "Topics.", { min: 1 }).optional(),
    exclude: list(text("A topic."), "Topics to leave out.").optional(),
    password: text("The password.", { secret: true }).optional(),
    key: path("A key file.").prefault("probe.key"),
    every: duration("How often.", { min: 100 }).prefault("5s"),
    count: integer("How many.", { min: 1, max: 10 }).optional(),
    ratio: number("How much of it.").optional(),
    buffer: size("How large.").optional(),
    loud: flag("Whether it beeps.").optional(),
    mode: choice(["fast", "slow"], "How.").prefault("fast"),
    labels: dictionary(text("A label."), "Labels.").optional(),
    window: either(
      { scalar: text("A name."), map: group({ start: integer("From."), end: integer("To.") }, "From and to.") },
      "What it sees.",
    ).optional(),
    port: text("The port that it opens.").optional(),
  },
  examples: ["type: probe\ndecode: plain\n"],
  check: ({ mode, loud }) => {
    if (mode === "slow" && loud === true)
      return [{ path: ["loud"], code: "conflicting-settings", message: "a slow probe cannot beep" }];
    return [];
  },
  claims: ({ url, topics, exclude, port, mode, loud }) => {
    if (mode === "slow" && loud === true) throw new Error("claims are asked for only when the check has passed");
    return claimsOf(url, topics, exclude, port);
  },
  create: () => ({ run: async () => {} }),
});

function claimsOf(url, topics, exclude, port) {
  return [
    ...(port === undefined ? [] : [{ kind: "port", name: port, path: ["port"] }]),
    ...(topics ?? []).map((topic, index) => ({
      kind: "topic",
      name: `${url} ${topic}`,
      path: ["topics", index],
      except: exclude ?? [],
    })),
  ];
}

const ticker = defineInput({
  name: "ticker",
  summary: "Has a decoder of its own.",
  settings: {},
  examples: ["type: ticker\n"],
  defaultDecoder: "plain",
  create: () => ({ run: async () => {} }),
});

const fragile = defineInput({
  name: "fragile",
  summary: "Fails while it checks its settings.",
  settings: {},
  examples: ["type: fragile\n"],
  defaultDecoder: "plain",
  check: () => {
    throw new Error("the check is broken");
  },
  create: () => ({ run: async () => {} }),
});

const plain = defineDecoder({
  name: "plain",
  summary: "Decodes nothing.",
  settings: {
    measurement: text("The measurement.").optional(),
    types: dictionary(choice(["float", "integer"], "A type."), "Types of fields.").optional(),
  },
  examples: ["type: plain\n"],
  create: () => ({ decode: () => ({ points: [] }) }),
});

const strict = defineDecoder({
  name: "strict",
  summary: "Needs a setting.",
  settings: { format: text("The format.") },
  examples: ["type: strict\nformat: x\n"],
  create: () => ({ decode: () => ({ points: [] }) }),
});

const shift = defineProcessor({
  name: "shift",
  summary: "Adds a number.",
  settings: { by: number("How much.") },
  examples: ["{ type: shift, by: 1 }\n"],
  create: () => ({ process: (points) => points }),
});

const window = defineProcessor({
  name: "window",
  summary: "Needs points in their order.",
  settings: {},
  examples: ["{ type: window }\n"],
  ordered: true,
  create: () => ({ process: (points) => points, save: () => null, restore: () => {} }),
});

const framed = defineDecoder({
  name: "framed",
  summary: "Needs readings in their order.",
  settings: {},
  examples: ["type: framed\n"],
  ordered: true,
  create: () => ({ decode: () => ({ points: [] }), save: () => null, restore: () => {} }),
});

const sink = defineOutput({
  name: "sink",
  summary: "Writes nothing.",
  settings: { url: text("Where.").optional(), token: text("The token.", { secret: true }).optional() },
  examples: ["type: sink\n"],
  create: () => ({ encode: () => "", write: async () => {} }),
});

export default [probe, ticker, fragile, plain, strict, shift, window, framed, sink];
