import { choice, dictionary, duration, flag, group, path, type SettingsOf, text } from "fieldline/plugin";

export const settings = {
  url: text("Where the store is, without `/write`; a path is put before the store's own, as a proxy may want it.", {
    pattern: /^https?:\/\/[^/]/,
    expected: "a URL such as http://127.0.0.1:8086",
  }),
  database: text("The database (1.x and 3.x).").optional(),
  retention_policy: text("The retention policy (1.x); the database's default if left out.").optional(),
  create_database: flag("Create the database (1.x) when the store says that there is none of that name.").prefault(
    "false",
  ),
  username: text("The account (1.x).").optional(),
  password: text("The account's password (1.x).", { secret: true }).optional(),
  org: text("The organization (2.x).").optional(),
  bucket: text("The bucket (2.x).").optional(),
  token: text("The token (2.x and 3.x).", { secret: true }).optional(),
  api: choice(
    ["v1", "v2", "v3"],
    "Which write API to use. Left out, the other keys tell: `org` and `bucket` mean v2, `database` with `token` v3, `database` alone v1.",
  ).optional(),
  precision: choice(["ns", "us", "ms", "s"], "The unit of timestamps; finer parts are cut off.").prefault("ns"),
  unsigned: choice(
    ["auto", "u"],
    "How unsigned integers are sent: `u` as such, `auto` as signed ones where they fit. Left out: `auto` for v1, whose influxd refuses `u`, else `u`.",
  ).optional(),
  gzip: flag("Compress what is sent; turn it off for a store that does not unpack, such as QuestDB.").prefault("true"),
  connect_timeout: duration("The longest that making a connection may take.", { min: 100, max: 300_000 }).prefault(
    "10s",
  ),
  headers: dictionary(
    text("A header's value.", { secret: true }),
    "More headers for every request, as a proxy may want them.",
  ).optional(),
  tls: group(
    {
      ca: path("The certificates (PEM) of the authorities to trust instead of the system's.").optional(),
      cert: path("The client's certificate (PEM), with those between it and its authority.").optional(),
      key: path("The client's key (PEM).").optional(),
      verify: flag(
        "Check the store's certificate. Without the check anybody between can read and change what is sent.",
      ).prefault("true"),
    },
    "How to trust the store, and how to be trusted, over https.",
  ).optional(),
};

export type InfluxSettings = SettingsOf<typeof settings>;
