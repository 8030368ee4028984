import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DecodedLine,
  decodeLines,
  encodeLine,
  type FieldValue,
  formatTimestamp,
  integerField,
  parseTimestamp,
  type Point,
  type Precision,
} from "../index.ts";

const TIME = { seconds: 1_790_000_000, nanos: 123_456_789 };

function point(parts: Partial<Point>): Point {
  return { measurement: "m", tags: new Map(), fields: new Map([["f", 1]]), time: TIME, offset: 0, ...parts };
}

function fieldsOf(line: string): Record<string, FieldValue> {
  const { lines, errors } = decodeLines(line);
  expect(errors).toEqual([]);
  return Object.fromEntries(lines[0]?.fields ?? []);
}

function errorOf(payload: string | Uint8Array) {
  const { lines, errors } = decodeLines(payload);
  expect(lines).toEqual([]);
  expect(errors).toHaveLength(1);
  return errors[0];
}

describe("encodeLine", () => {
  it("escapes what each place needs, and leaves other backslashes alone", () => {
    const line = encodeLine(
      point({
        measurement: "a,b c=d\\e",
        tags: new Map([["k,= \\x", "v,= \\y"]]),
        fields: new Map([["f,= ", 'say "hi" \\ to\nme']]),
      }),
    );
    expect(line).toBe(
      'a\\,b\\ c=d\\e,k\\,\\=\\ \\x=v\\,\\=\\ \\y f\\,\\=\\ ="say \\"hi\\" \\\\ to\nme" 1790000000123456789',
    );
  });

  it("writes floats in the shortest form that reads back the same", () => {
    const values = [0.1, 21, -0, 1e21, 5e-324, Number.MAX_VALUE, 107.25];
    const fields = new Map(values.map((value, index) => [`f${index}`, value]));
    expect(encodeLine(point({ fields }))).toBe(
      "m f0=0.1,f1=21,f2=-0,f3=1e+21,f4=5e-324,f5=1.7976931348623157e+308,f6=107.25 1790000000123456789",
    );
  });

  it("writes unsigned integers as integers where that fits, when asked to", () => {
    const fields = new Map<string, FieldValue>([
      ["small", { type: "unsigned", value: 7 }],
      ["most", { type: "unsigned", value: 2n ** 63n - 1n }],
      ["big", { type: "unsigned", value: 2n ** 63n }],
    ]);
    expect(encodeLine(point({ fields }))).toContain("small=7u,most=9223372036854775807u,big=9223372036854775808u ");
    expect(encodeLine(point({ fields }), { unsigned: "auto" })).toContain(
      "small=7i,most=9223372036854775807i,big=9223372036854775808u ",
    );
  });

  it("writes no integer with the sign of a zero", () => {
    const fields = new Map<string, FieldValue>([["f", { type: "integer", value: -0 }]]);
    expect(encodeLine(point({ fields }))).toBe("m f=0i 1790000000123456789");
  });

  it("leaves out a tag with an empty value", () => {
    expect(encodeLine(point({ tags: new Map([["a", ""]]) }))).toBe("m f=1 1790000000123456789");
  });

  it.each([
    ["s", "1790000000"],
    ["ms", "1790000000123"],
    ["us", "1790000000123456"],
    ["ns", "1790000000123456789"],
  ] as const)("cuts the time to whole %s", (precision, time) => {
    expect(encodeLine(point({}), { precision })).toBe(`m f=1 ${time}`);
  });

  it.each<[string, Partial<Point>, RegExp]>([
    ["a measurement that is empty", { measurement: "" }, /measurement is empty/],
    ["a measurement that starts a comment", { measurement: "#m" }, /"#m" starts with #/],
    ["a measurement that ends in a backslash", { measurement: "m\\" }, /ends in a backslash/],
    ["a measurement with a newline", { measurement: "a\nb" }, /"a\\nb" contains a newline/],
    ["a measurement after a tab", { measurement: "\tm" }, /starts with white space/],
    ["a tag key that is empty", { tags: new Map([["", "v"]]) }, /tag key is empty/],
    ["a tag value that ends in a backslash", { tags: new Map([["k", "v\\"]]) }, /tag value "v\\\\" ends in/],
    ["a field key with a newline", { fields: new Map([["a\n", 1]]) }, /field key "a\\n" contains a newline/],
    ["a field that is not a number", { fields: new Map([["f", Number.NaN]]) }, /"f" is NaN/],
    ["a field that is infinite", { fields: new Map([["f", -Infinity]]) }, /"f" is -Infinity/],
    ["an integer that is none", { fields: new Map([["f", { type: "integer", value: 1.5 }]]) }, /no 64-bit integer/],
    ["a point without fields", { fields: new Map() }, /at least one field/],
    ["a time after 2262", { time: { seconds: 1e10, nanos: 0 } }, /years 1677 to 2262/],
  ])("refuses %s, with the reason", (_, parts, reason) => {
    expect(() => encodeLine(point(parts))).toThrow(reason);
  });
});

describe("decodeLines", () => {
  it("reads every spelling of true and false", () => {
    for (const spelling of ["t", "T", "true", "True", "TRUE"]) expect(fieldsOf(`m a=${spelling}`)).toEqual({ a: true });
    for (const spelling of ["f", "F", "false", "False", "FALSE"])
      expect(fieldsOf(`m a=${spelling}`)).toEqual({ a: false });
  });

  it("reads 64-bit integers exactly", () => {
    expect(fieldsOf("m a=-9223372036854775808i,b=9223372036854775807i,c=18446744073709551615u,d=-0i,e=007i")).toEqual({
      a: { type: "integer", value: -(2n ** 63n) },
      b: { type: "integer", value: 2n ** 63n - 1n },
      c: { type: "unsigned", value: 2n ** 64n - 1n },
      d: { type: "integer", value: 0 },
      e: { type: "integer", value: 7 },
    });
  });

  it("reads floats as Number does, in every form", () => {
    const texts = ["1", "-1.5", "+2", ".5", "5.", "1e3", "1E-3", "2.5e+10", "0.1", "123456789012345.6", "-0"];
    const fields = fieldsOf(`m ${texts.map((text, index) => `f${index}=${text}`).join(",")}`);
    expect(Object.values(fields)).toEqual(texts.map(Number));
  });

  it("reads strings over several lines, with commas, spaces, equals signs and carriage returns as they are", () => {
    expect(fieldsOf('m a="x, =\r\n\\"y\\"\\\\ \\z",b=1')).toEqual({ a: 'x, =\r\n"y"\\ \\z', b: 1 });
  });

  it("skips comments, blank lines, carriage returns and several spaces", () => {
    const { lines, errors } = decodeLines("# one\r\n\r\n  m   f=1   5  \r\n   # two\n\t\nm f=2\r\nm f=3\r");
    expect(errors).toEqual([]);
    expect(lines.map(({ fields }) => fields.get("f"))).toEqual([1, 2, 3]);
    expect(lines.map(({ time }) => time?.nanos)).toEqual([5, undefined, undefined]);
  });

  it("takes a backslash before an ordinary character for itself", () => {
    const [line] = decodeLines("C:\\dir,path=a\\b\\,c\\=d f\\x=1").lines;
    expect(line?.measurement).toBe("C:\\dir");
    expect([...(line?.tags ?? [])]).toEqual([["path", "a\\b,c=d"]]);
    expect([...(line?.fields ?? [])]).toEqual([["f\\x", 1]]);
  });

  it.each([
    ["ns", { seconds: 1, nanos: 500_000_000 }, "1500000000"],
    ["us", { seconds: 1, nanos: 500_000_000 }, "1500000"],
    ["ms", { seconds: 1, nanos: 500_000_000 }, "1500"],
    ["s", { seconds: 1500, nanos: 0 }, "1500"],
  ] as const)("reads times in %s", (precision, time, text) => {
    expect(decodeLines(`m f=1 ${text}`, precision).lines[0]?.time).toEqual(time);
  });

  it.each([
    ["m", 2, "a field is missing"],
    [",t=1 f=1", 1, "the measurement is missing"],
    ["m,=1 f=1", 3, "a tag key is missing"],
    ["m,t f=1", 4, 'the tag "t" has no value'],
    ["m,t= f=1", 5, 'the value of the tag "t" is missing'],
    ["m,t=a=b f=1", 6, 'the value of the tag "t" has an equals sign; write \\='],
    ["m,t=a,t=b f=1", 7, 'the tag "t" is there twice'],
    ["m f", 4, 'the field "f" has no value'],
    ["m f=", 5, 'the value of the field "f" is missing'],
    ["m f=1,", 7, "a field is missing"],
    ["m f=1u2", 5, 'the field "f" is no number, boolean or quoted string: "1u2"'],
    ["m f=NaN", 5, 'the field "f" is no number, boolean or quoted string: "NaN"'],
    ["m f=1e999", 5, 'the field "f" is no number, boolean or quoted string: "1e999"'],
    ["m f=9223372036854775808i", 5, 'the field "f" is no number, boolean or quoted string: "9223372036854775808i"'],
    ["m f=-1u", 5, 'the field "f" is no number, boolean or quoted string: "-1u"'],
    ['m f="a', 5, 'the quote of the field "f" is never closed'],
    ['m f="a"b', 5, 'the field "f" has text behind its closing quote'],
    ["m f=1 noon", 7, 'the timestamp is no whole number from 1677 to 2262: "noon"'],
    ["m f=1 9999999999999999999", 7, 'the timestamp is no whole number from 1677 to 2262: "9999999999999999999"'],
    ["m f=1 5 6", 9, "there is text behind the timestamp"],
    ["m,é=😀 f=x", 9, 'the field "f" is no number, boolean or quoted string: "x"'],
  ])("says what is wrong with %j, and where", (payload, column, reason) => {
    expect(errorOf(payload)).toEqual({ line: 1, column, reason });
    expect(errorOf(Buffer.from(payload))).toEqual({ line: 1, column, reason });
  });

  it.each([
    "m f=",
    "m,t f=1",
    "noise",
    'm f="never closed',
    'm f="a"b',
    'm f=1 "',
    'm f=x,g="open',
    "m f=1 1 1",
    "\\",
    "m f=1,",
  ])("keeps the neighbours of %j", (bad) => {
    const { lines, errors } = decodeLines(`a f=1 1\nb f="x\ny"\n${bad}\nc f=2 2\nd f=3`);
    expect(lines.map(({ measurement }) => measurement)).toEqual(["a", "b", "c", "d"]);
    expect(errors.map(({ line }) => line)).toEqual([4]);
  });

  it("loses only the lines that are not UTF-8", () => {
    const bytes = Buffer.concat([
      Buffer.from("a f=1\nb,t=é\uFFFD"),
      Buffer.from([0xc3, 0x28]),
      Buffer.from(" f=1\nc,t=é f=1\nbad\nd f=1"),
    ]);
    const { lines, errors } = decodeLines(bytes);
    expect(lines.map(({ measurement }) => measurement)).toEqual(["a", "c", "d"]);
    expect(lines[1]?.tags.get("t")).toBe("é");
    expect(errors).toEqual([
      { line: 2, column: 7, reason: "these bytes are not UTF-8" },
      { line: 4, column: 4, reason: "a field is missing" },
    ]);
  });

  it("reads a view into a larger buffer", () => {
    const bytes = Buffer.from("xxm f=1xx");
    expect(decodeLines(new Uint8Array(bytes.buffer, bytes.byteOffset + 2, 5)).lines).toHaveLength(1);
  });
});

/** Names that line protocol can carry, with much of what has to be escaped in them. */
const name = fc
  .oneof(
    fc.string({ minLength: 1, unit: "binary" }),
    fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from('a\\, ="#\r\té')) }),
  )
  .filter((text) => !text.includes("\n") && !text.endsWith("\\") && !/^[\t\0#]/.test(text));
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...Array.from('a\\" =,\r\n')) }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((integer) => integerField(integer) as FieldValue),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((integer) => integerField(integer, "unsigned") as FieldValue),
);
const time = fc.record(
  { seconds: fc.integer({ min: -9_223_372_035, max: 9_223_372_035 }), nanos: fc.integer({ min: 0, max: 999_999_999 }) },
  { noNullPrototype: true },
);
const points = fc.record({
  measurement: name,
  tags: fc.uniqueArray(fc.tuple(name, name), { selector: ([key]) => key, maxLength: 4 }).map((tags) => new Map(tags)),
  fields: fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1, maxLength: 4 })
    .map((fields) => new Map(fields)),
  time,
  offset: fc.constant(0),
});

function lineOf({ measurement, tags, fields, time }: Point): DecodedLine {
  return { measurement, tags, fields, time };
}

describe("the codec", () => {
  it("decodes what it encoded to the same points, as text and as bytes", () => {
    fc.assert(
      fc.property(fc.array(points, { minLength: 1, maxLength: 4 }), fc.constantFrom("\n", "\r\n"), (given, newline) => {
        const text = given.map((point) => encodeLine(point)).join(newline);
        const expected = { lines: given.map(lineOf), errors: [] };
        expect(decodeLines(text)).toStrictEqual(expected);
        expect(decodeLines(Buffer.from(text))).toStrictEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("decodes a coarser time to the same time, cut", () => {
    fc.assert(
      fc.property(points, fc.constantFrom<Precision[]>("us", "ms", "s"), (point, precision) => {
        const [line] = decodeLines(encodeLine(point, { precision }), precision).lines;
        expect(line?.time).toStrictEqual(parseTimestamp(formatTimestamp(point.time, precision), precision));
      }),
    );
  });

  it("never throws and keeps its neighbours, whatever the bytes", () => {
    const nearLine = fc.string({ unit: fc.constantFrom(...Array.from('mft12iu=, "\\#\r\té.-e')), maxLength: 40 });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).filter((noise) => !noise.includes(34)),
      nearLine.filter((text) => !text.includes('"')).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (noise) => {
        const { lines } = decodeLines(Buffer.concat([Buffer.from("a f=1\n"), noise, Buffer.from("\nb f=2\n")]));
        expect(lines[0]?.measurement).toBe("a");
        expect(lines.at(-1)?.measurement).toBe("b");
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.array(nearLine), (texts) => {
        for (const line of decodeLines(texts.join("\n")).lines) expect(line.fields.size).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads hostile payloads in one pass", () => {
    const length = 100_000;
    const units = [
      '"',
      "\\",
      ",",
      "=",
      " ",
      "\n",
      "#",
      "a",
      'm f="\n',
      'm f="x\n',
      'm f="",',
      "m f=1,",
      "m,t=\\,",
      "1",
      "\\\n",
      '"\n',
      'm f="\\',
      "\uFFFD\n",
    ];
    for (const unit of units) {
      const text = unit.repeat(length / unit.length);
      for (const payload of [text, `m f="${text}`, `m ${text}`, `m f=${text}`, `m f=1 ${text}`, `m,t=${text}`]) {
        // Work in proportion to the square of these lengths would outlast the test.
        const damaged = Buffer.concat([Buffer.from(payload), Buffer.from([0xff, 10])]);
        expect(decodeLines(payload).errors.length).toBeLessThanOrEqual(length);
        expect(decodeLines(damaged).errors.length).toBeLessThanOrEqual(length);
      }
    }
  });
});
