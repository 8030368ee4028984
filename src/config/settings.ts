import {
  choice,
  dictionary,
  duration,
  flag,
  group,
  integer,
  list,
  path,
  size,
  text,
  type SettingsOf,
} from "../schema/index.ts";

/** A setting that is read on its own; here it only says what it is. */
const apart = (label: string, description: string) => text(description, { label }).optional();

const tags = (description: string) =>
  dictionary(text("The tag's value.", { pattern: /./, expected: "text that is not empty" }), description).optional();

const from = list(text("The id of an input."), "Only what these inputs received; left out: all.", {
  min: 1,
}).optional();

const agentShape = {
  name: text("The name that is shown; left out: the host name.", {
    pattern: /./,
    expected: "text that is not empty",
  }).optional(),
  tags: tags("Tags on every point."),
  data_dir: path("The folder of the journal, cursors, rejects and the socket.").prefault("./data"),
  http: text("Where the live page, /metrics and /health are served, or `false`.").prefault("127.0.0.1:4680"),
  stop_timeout: duration("How long a stop may wait for the outputs to drain.").prefault("10s"),
  reload: choice(["signal", "watch"], "Load the file again on SIGHUP, or whenever it changes.").prefault("signal"),
};

const journalShape = {
  durability: choice(
    ["disk", "memory"],
    "`memory` is quick and spares the disk, and loses what is in it when the agent ends.",
  ).prefault("disk"),
  sync_interval: duration("The longest that a reading waits for its fsync; sooner when a sender is waiting.", {
    min: 1,
  }).prefault("1s"),
  max_size: size("The most that the journal may take; left out: 1GiB, and 64MiB in memory.", {
    min: 2 ** 16,
  }).optional(),
  max_age: duration(
    "Delivered readings older than this may go. Their age is the time that the agent ran since: no clock that is set wrong makes them older.",
  ).prefault("7d"),
  when_full: choice(
    ["block", "drop_oldest"],
    "Hold senders back, or drop the oldest readings, when the journal is full.",
  ).prefault("block"),
};

/** The whole file. `inputs`, `processors` and `outputs` are read item by item. */
export const fileShape = {
  version: choice(["1"], "The version of this format."),
  agent: group(agentShape, "The agent as a whole.").prefault({}),
  journal: group(journalShape, "The log on disk that readings wait in until every output has them.").prefault({}),
  include: list(text("A file or pattern, relative to this file."), "More files, such as `[conf.d/*.yaml]`.").prefault(
    [],
  ),
  plugins: list(
    text("A local `.js` or `.ts` file, or an npm package."),
    "Plugins that do not come with Fieldline.",
  ).prefault([]),
  inputs: apart(
    "map of inputs",
    "Where readings come from, by an id of your choice that names the input in logs, metrics and traces.",
  ),
  processors: apart("list of processors", "What is done to every point, in order."),
  outputs: apart("map of outputs", "Where points go, by an id of your choice that names the output and its cursor."),
};

const type = (kind: string) => text(`The ${kind}'s type.`);

export const inputShape = {
  type: type("input"),
  tags: tags("Tags on every point of this input."),
  decode: apart(
    "text or a map",
    "How a payload becomes points: a decoder's name, or a map with its `type` and settings.",
  ),
  thin: group(
    { every: duration("Of each such interval the last reading of a channel is kept.", { min: 1 }) },
    "Leaves out readings that come too often; those left out are counted.",
  ).optional(),
  max_reading: size("Larger readings are kept as length, hash and first 4 KiB, as a reject.", {
    min: 1,
    max: 2 ** 30,
  }).prefault("1MiB"),
};

export const decoderShape = { type: type("decoder") };

export const processorShape = {
  type: type("processor"),
  id: text("The processor's id, for logs and its state; left out: its type and place, such as `scale-1`.").optional(),
  from,
};

/** Where an output may start; whether the calendar has that time is looked at apart. */
export const START = {
  pattern: /^(end|beginning|\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?)$/,
  expected: "end, beginning, or a time such as 2026-11-22T10:00:00Z",
};

export const outputShape = {
  type: type("output"),
  from,
  when: text("Only points for which this expression in CEL is true, such as `fields.temp > 100.0`.").optional(),
  processors: apart(
    "list of processors",
    "What is done to this output's points, in order, after the shared processors.",
  ),
  batch: group(
    {
      max_points: integer("The most points of a batch.", { min: 1, max: 1_000_000 }).prefault("5000"),
      max_bytes: size("The most bytes of a batch, as encoded.", { min: 1, max: 2 ** 30 }).prefault("4MiB"),
      max_wait: duration("The longest that a point waits for its batch to fill.").prefault("1s"),
      in_flight: integer("How many batches are on their way at once.", { min: 1, max: 64 }).prefault("1"),
    },
    "How points are put together for one write.",
  ).prefault({}),
  start: text("Where a new output begins in the journal: `end`, `beginning`, or a time.", START).prefault("end"),
  backlog: choice(
    ["oldest_first", "newest_first"],
    "What is delivered first after an outage: the oldest, or live data at once and beside it the backlog, the newest first. `newest_first` does not go with steps that need readings in their order.",
  ).prefault("oldest_first"),
  limits: group(
    {
      catch_up_rate: integer(
        "The most points a second of what is delivered late, so that catching up after an outage leaves room for live data. With `newest_first` that is the backlog, and live data is never held up; with `oldest_first` it is every point whose reading was received more than 10s and `max_wait` ago. Left out: as quickly as the store takes them.",
        { min: 1 },
      ).optional(),
      bytes_per_day: size(
        "The most bytes sent on a day, which begins at 00:00 UTC; writes that fail count too. When they are used up, delivery waits for the next day and the journal keeps the rest. With `newest_first` a quarter of them is kept for live data. What counts is the body as compressed and the headers, where the output knows them, else the points as encoded. A batch takes at most a sixteenth of them. Left out: no limit.",
        { min: 2 ** 16 },
      ).optional(),
    },
    "What the output may ask of a slow or metered uplink.",
  ).prefault({}),
  required: flag("`false`: this output never holds the journal back when it is full.").prefault("true"),
};

export type FileSettings = SettingsOf<typeof fileShape>;
export type InputSettings = SettingsOf<typeof inputShape>;
export type ProcessorSettings = SettingsOf<typeof processorShape>;
export type OutputSettings = SettingsOf<typeof outputShape>;
