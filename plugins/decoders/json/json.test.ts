import * as fc from "fast-check";
import { type FieldValue, NO_TAGS, type Origin } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import { findFault } from "./fault.ts";
import json from "./index.ts";

type Settings = Partial<Parameters<typeof json.create>[0]>;

function decode(payload: unknown, settings: Settings = {}, origin: Partial<Origin> = {}) {
  const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  const reading = {
    input: "test",
    channel: "smoker/a/state",
    payload: Buffer.from(bytes as string),
    time: { seconds: 1, nanos: 0 },
    offset: 1,
  };
  return json.create({ tags: [], types: {}, ...settings }).decode(reading, { tags: NO_TAGS, ...origin });
}

function fieldsOf(payload: unknown, settings?: Settings, origin?: Partial<Origin>): Record<string, FieldValue> {
  const { points, rejected } = decode(payload, settings, origin);
  expect(rejected).toBeUndefined();
  expect(points).toHaveLength(1);
  return Object.fromEntries(points[0]?.fields ?? []);
}

function reasonsOf(payload: unknown, settings?: Settings): string[] {
  return (decode(payload, settings).rejected ?? []).map(({ reason }) => reason);
}

describe("the json decoder", () => {
  it("reads the example of the documentation", () => {
    const { points, rejected } = decode('{"probe":"p1","temp":{"c":107.2},"seq":7,"ts":1790000000123}', {
      measurement: "bbq",
      tags: ["probe"],
      types: { seq: "integer" },
      time: { path: "ts", unit: "ms" },
    });
    expect(rejected).toBeUndefined();
    expect(points).toEqual([
      {
        measurement: "bbq",
        tags: new Map([["probe", "p1"]]),
        fields: new Map<string, FieldValue>([
          ["temp_c", 107.2],
          ["seq", { type: "integer", value: 7 }],
        ]),
        time: { seconds: 1_790_000_000, nanos: 123_000_000 },
      },
    ]);
  });

  it("takes every number, text and boolean, names nested ones by their keys, and leaves out nulls", () => {
    expect(fieldsOf({ a: 21, b: { c: "x", d: [true, { e: 1.5 }] }, f: null, g: {}, h: [] })).toEqual({
      a: 21,
      b_c: "x",
      b_d_0: true,
      b_d_1_e: 1.5,
    });
  });

  it("narrows the fields to paths, and renames them", () => {
    const payload = { "a.b": 1, c: { d: 2, e: { f: 3, g: 4 } }, h: [5, 6], i: 7 };
    expect(fieldsOf(payload, { fields: ['"a.b"', "c.e", "h[1]", "nothing"] })).toEqual({
      "a.b": 1,
      c_e_f: 3,
      c_e_g: 4,
      h_1: 6,
    });
    expect(fieldsOf(payload, { fields: { "c.d": "dee", 'c."e".f': "eff", h: "aitch" } })).toEqual({
      dee: 2,
      eff: 3,
      aitch_0: 5,
      aitch_1: 6,
    });
  });

  it("takes tags from anywhere in it, and does not make fields of them", () => {
    const payload = { id: { no: 7, on: true, room: "a" }, none: null, id_no: 8, v: 1 };
    const { points } = decode(payload, { tags: { "id.no": "number", "id.on": "on", none: "none", nothing: "x" } });
    expect([...(points[0]?.tags ?? [])]).toEqual([
      ["number", "7"],
      ["on", "true"],
    ]);
    expect(Object.fromEntries(points[0]?.fields ?? [])).toEqual({ id_room: "a", id_no: 8, v: 1 });
  });

  it("makes a point of each entry of a list, at the top or within", () => {
    expect(decode([{ a: 1 }, { a: 2 }]).points.map(({ fields }) => fields.get("a"))).toEqual([1, 2]);
    const { points } = decode(
      {
        gateway: "g1",
        data: {
          readings: [
            { id: "x", a: 1 },
            { id: "y", a: 2 },
          ],
        },
      },
      { each: "data.readings", tags: { "$.gateway": "gateway", id: "id" } },
    );
    expect(points.map(({ tags, fields }) => [Object.fromEntries(tags), Object.fromEntries(fields)])).toEqual([
      [{ gateway: "g1", id: "x" }, { a: 1 }],
      [{ gateway: "g1", id: "y" }, { a: 2 }],
    ]);
  });

  it("reads a lone value as the topic's field, or value", () => {
    expect(fieldsOf("21.5")).toEqual({ value: 21.5 });
    expect(fieldsOf('"on"', { types: { state: "boolean" } }, { field: "state" })).toEqual({ state: true });
    expect(decode("[1,2]").points.map(({ fields }) => fields.get("value"))).toEqual([1, 2]);
  });

  it("takes the measurement of the settings before the topic's", () => {
    expect(decode({ a: 1 }, { measurement: "a" }, { measurement: "b" }).points[0]?.measurement).toBe("a");
    expect(decode({ a: 1 }, {}, { measurement: "b" }).points[0]?.measurement).toBe("b");
    expect(decode({ a: 1 }).points[0]?.measurement).toBeUndefined();
  });

  it("keeps 64-bit integers exact where a type names them, and refuses them where none does", () => {
    const payload = '{"a":9007199254740993,"b":18446744073709551615,"c":9007199254740992,"d":12345678901234567890.5}';
    expect(fieldsOf(payload, { types: { a: "integer", b: "unsigned" } })).toEqual({
      a: { type: "integer", value: 9007199254740993n },
      b: { type: "unsigned", value: 18446744073709551615n },
      c: 2 ** 53,
      d: Number("12345678901234567890.5"),
    });
    const { points, rejected } = decode(payload);
    expect([...(points[0]?.fields.keys() ?? [])]).toEqual(["c", "d"]);
    expect(rejected?.map(({ reason }) => reason)).toEqual([
      'the field "a" is 9007199254740993, an integer that no float holds exactly: name its type in `types`',
      'the field "b" is 18446744073709551615, an integer that no float holds exactly: name its type in `types`',
    ]);
    expect(fieldsOf('{"a":9007199254740993}', { types: { a: "string" } })).toEqual({ a: "9007199254740993" });
  });

  it("keeps every digit of a tag", () => {
    const { points } = decode('{"id":9007199254740993,"v":1}', { tags: ["id"] });
    expect(points[0]?.tags.get("id")).toBe("9007199254740993");
  });

  it("reads texts and booleans as the types say", () => {
    const types = { a: "float", b: "integer", c: "boolean", d: "integer", e: "string", f: "string" } as const;
    expect(fieldsOf({ a: " 21.5 ", b: "7", c: "off", d: true, e: false, f: 5 }, { types })).toEqual({
      a: 21.5,
      b: { type: "integer", value: 7 },
      c: false,
      d: { type: "integer", value: 1 },
      e: "false",
      f: "5",
    });
  });

  it.each([
    ['{"t":1790000000123456789,"v":1}', "ns", 123_456_789],
    ['{"t":"1790000000123456789","v":1}', "ns", 123_456_789],
    ['{"t":1790000000.123456789,"v":1}', "s", 123_456_789],
    ['{"t":1790000000.5,"v":1}', "s", 500_000_000],
    ['{"t":1.790000000123E12,"v":1}', "ms", 123_000_000],
    ['{"t":"2026-09-21T14:13:20.000000001Z","v":1}', "rfc3339", 1],
  ] as const)("reads the time of %s exactly", (payload, unit, nanos) => {
    const { points } = decode(payload, { time: { path: "t", unit } });
    expect(points[0]?.time).toEqual({ seconds: 1_790_000_000, nanos });
    expect([...(points[0]?.fields.keys() ?? [])]).toEqual(["v"]);
  });

  it("leaves the time to the agent when there is none, and refuses one that cannot be read", () => {
    const time = { path: "t", unit: "ms" } as const;
    expect(decode({ v: 1 }, { time }).points[0]?.time).toBeUndefined();
    expect(decode({ v: 1, t: null }, { time }).points[0]?.time).toBeUndefined();
    expect(decode({ v: 1, t: "noon" }, { time })).toEqual({
      points: [],
      rejected: [{ reason: 'the time at "t" is not a number of ms since 1970 from 1677 to 2262: "noon"' }],
    });
    expect(reasonsOf({ v: 1, t: "2026-09-21T14:13:20" }, { time: { path: "t", unit: "rfc3339" } })).toEqual([
      'the time at "t" is not a date with a zone (RFC 3339) from 1677 to 2262: "2026-09-21T14:13:20"',
    ]);
  });

  it("keeps the good fields and entries beside bad ones", () => {
    const { points, rejected } = decode([{ a: "x", b: 1 }, {}, { b: 2 }, { tag: {}, b: 3 }], {
      types: { a: "float" },
      tags: ["tag"],
    });
    expect(points.map(({ fields }) => Object.fromEntries(fields))).toEqual([{ b: 1 }, { b: 2 }]);
    expect(rejected?.map(({ reason }) => reason)).toEqual([
      'entry 0: the field "a" is no number: "x"',
      "entry 1: there is no value in it that could be a field",
      'entry 3: the tag "tag" is a list or map',
    ]);
  });

  it("loses neither of two values with one name silently", () => {
    expect(reasonsOf({ a_b: 1, a: { b: 2 } })).toEqual([
      'two values would become the field "a_b": name them in `fields`',
    ]);
  });

  it.each([
    ["", "the payload is empty"],
    [" \n", "the payload is empty"],
    ["{}", "there is no value in it that could be a field"],
    ["null", "there is no value in it that could be a field"],
    ['{"t":NaN}', 'the payload is not JSON: expected a value at line 1, column 6, found "NaN}"'],
    ['{"t":1,}', 'the payload is not JSON: expected a name in double quotes at line 1, column 8, found "}"'],
    ['{\n "t" 1}', 'the payload is not JSON: expected a colon at line 2, column 6, found "1}"'],
    ['{"t":1', "the payload is not JSON: expected a comma or } at line 1, column 7, found the end"],
    ["[1 2]", 'the payload is not JSON: expected a comma or ] at line 1, column 4, found "2]"'],
    ["[1]]", 'the payload is not JSON: expected the end at line 1, column 4, found "]"'],
    ['{"t":"a', "the payload is not JSON: expected a closing quote at line 1, column 8, found the end"],
    [
      '"\\x"',
      'the payload is not JSON: expected an escape such as \\" or \\u00e9 at line 1, column 2, found "\\\\x\\""',
    ],
    ["01", 'the payload is not JSON: expected a value at line 1, column 1, found "01"'],
  ])("refuses %j and says where", (payload, reason) => {
    expect(reasonsOf(payload)).toEqual([reason]);
  });

  it("refuses what is not UTF-8, and takes a byte order mark", () => {
    expect(reasonsOf(Buffer.from([0x22, 0xff, 0x22]))[0]).toMatch(/^the payload is not UTF-8/);
    expect(fieldsOf('\uFEFF{"a":1}')).toEqual({ a: 1 });
  });

  it("bears hostile documents", () => {
    expect(fieldsOf('{"__proto__":{"x":1},"constructor":2}')).toEqual({ __proto___x: 1, constructor: 2 });
    expect(reasonsOf('{"v":1}', { fields: ["__proto__.toString", "constructor"] })).toHaveLength(1);
    expect(fieldsOf('{"a":1,"a":2}')).toEqual({ a: 2 });
    const depth = 100_000;
    for (const inner of ["1", "1234567890123456789"]) {
      expect(reasonsOf("[".repeat(depth) + inner + "]".repeat(depth))[0]).toMatch(/too deeply/);
      expect(reasonsOf('{"a":'.repeat(depth) + inner + "}".repeat(depth))[0]).toMatch(/too deeply/);
      expect(reasonsOf("[".repeat(depth) + inner)[0]).toMatch(/expected a comma or \]/);
    }
    expect(decode(`[${'{"a":1},'.repeat(50_000)}{}]`).points).toHaveLength(50_000);
    expect(reasonsOf(`[${"{},".repeat(50_000)}{}]`)).toHaveLength(101);
  });

  it("gives of a document the same whatever it has read before", () => {
    const key = fc.constantFrom("a", "b", "c", "t", "a_b", "0", "__proto__", "é");
    const scalar = fc.oneof(
      fc.constantFrom(0, -0, 21.5, 1e20, "21", "on", 'é"\n', true, false, null, 1_790_000_000_123, "p1"),
      fc.integer(),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    const { document } = fc.letrec<{ document: unknown }>((tie) => ({
      document: fc.oneof(
        { depthSize: "small" },
        scalar,
        fc.array(tie("document"), { maxLength: 3 }),
        fc.dictionary(key, tie("document"), { maxKeys: 4 }),
      ),
    }));
    const settings = [
      { tags: ["a"], types: { b: "integer" as const } },
      { tags: { "$.a": "x", "b.c": "y" }, each: "b", types: {} },
      {
        tags: [],
        fields: ["a", "b.c", "c[1]"],
        types: { a: "string" as const },
        time: { path: "t", unit: "ms" as const },
      },
    ];
    const experienced = settings.map((each) => json.create(each));
    const reread = (value: unknown): string => JSON.stringify(value).replaceAll(/\d/g, "7");
    fc.assert(
      fc.property(document, (value) => {
        for (const text of [JSON.stringify(value), reread(value), JSON.stringify(value, null, 1)])
          for (const [index, each] of settings.entries()) {
            const reading = {
              input: "test",
              channel: "c",
              payload: Buffer.from(text),
              time: { seconds: 1, nanos: 0 },
              offset: 1,
            };
            expect(experienced[index]?.decode(reading, { tags: NO_TAGS })).toEqual(
              json.create(each).decode(reading, { tags: NO_TAGS }),
            );
          }
      }),
      { numRuns: 2_000 },
    );
  });

  it("names a fault in every text that is not JSON, and never throws", () => {
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\u0e+-.1tn \n')), maxLength: 20 }),
      fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([document, at, noise]) => {
        const index = at % (document.length + 1);
        return document.slice(0, index) + noise + document.slice(index + 1);
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const atEnd = findFault(text).endsWith("found the end") && findFault(text).startsWith("expected the end");
        expect(atEnd).toBe(valid);
        decode(text);
      }),
      { numRuns: 3000 },
    );
  });

  it("finds wrong paths and names given twice before it runs", () => {
    const problems = json.check?.({
      each: "a..b",
      tags: { "x[": "x", y: "z", w: "z" },
      fields: ["a.b", "a_b", ""],
      types: {},
      time: { path: '"', unit: "ms" },
    });
    expect(problems?.map(({ path, code }) => `${path.join("/")} ${code}`)).toEqual([
      "each bad-text",
      "tags/x[ bad-text",
      "tags/w conflicting-settings",
      "fields/1 conflicting-settings",
      "fields/2 bad-text",
      "time/path bad-text",
    ]);
  });
});
