import assert from "node:assert/strict";
import { inspect } from "node:util";
import { NO_TAGS, type FieldValue, type Reading } from "../model/index.ts";
import type { Decoded, DecodedPoint, Decoder, DecoderPlugin, Origin } from "../plugin/index.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { disturbed } from "./disturb.ts";
import { readExample, settingsOf, wordsOf } from "./examples.ts";
import { hugePayloads, readingsOf, samplePayloads } from "./samples.ts";
import { checkCloneable, checkCuts, checkRemembering } from "./stateful.ts";

const ORIGINS: readonly Origin[] = [
  { tags: NO_TAGS },
  { measurement: "topic", field: "temp", tags: new Map([["device", "a"]]) },
];

/** What a decoder does. */
export function decoderTests(plugin: DecoderPlugin, given: readonly (string | Uint8Array)[]): ConformanceTest[] {
  const each = (run: (create: () => Decoder, readings: readonly Reading[]) => void) => () => {
    for (const [index, example] of plugin.examples.entries()) {
      const settings = settingsOf(plugin, example);
      const words = wordsOf(readExample(plugin, example, "failsafe"));
      const payloads = [...given.map((payload) => Buffer.from(payload)), ...samplePayloads(words, index + 1)];
      run(() => plugin.create(settings), readingsOf(payloads));
    }
  };
  const all = (decoder: Decoder, reading: Reading): Decoded[] =>
    ORIGINS.map((origin) => decoder.decode(reading, origin));
  return [
    {
      name: "gives points and rejections that are plain and whole, and leaves the payload as it is",
      run: each((create, readings) => {
        const decoder = create();
        for (const reading of readings) {
          const before = structuredClone(reading.payload);
          for (const decoded of all(decoder, reading)) checkDecoded(decoded);
          assert.deepStrictEqual(new Uint8Array(reading.payload), new Uint8Array(before), "the payload was changed");
        }
      }),
    },
    {
      name: "decodes the same in another time zone, locale, time and run of chance",
      run: each((create, readings) => {
        const decodeAll = () => {
          const decoder = create();
          return readings.map((reading) => all(decoder, reading));
        };
        const expected = decodeAll();
        assert.deepStrictEqual(decodeAll(), expected, "the second time the results differ");
        assert.deepStrictEqual(disturbed(decodeAll), expected, "the results depend on the surroundings");
      }),
    },
    {
      name: "goes on after a restart as if there had been none",
      run: each((create, readings) => checkCuts(create, readings, all)),
    },
    {
      name: "says that it needs readings in their order when it remembers something",
      run: each((create) => checkRemembering(plugin, create())),
    },
    {
      name: "bears a megabyte of anything",
      run: each((create) => {
        const decoder = create();
        for (const reading of readingsOf(hugePayloads(1))) decoder.decode(reading, { tags: NO_TAGS });
      }),
    },
  ];
}

function checkDecoded(decoded: Decoded): void {
  checkCloneable(decoded);
  for (const point of decoded.points) checkPoint(point);
  for (const { reason } of decoded.rejected ?? []) assert.ok(reason.trim() !== "", "a rejection gives no reason");
}

/** @throws Error for a point that breaks the model */
export function checkPoint({ tags, fields, time }: DecodedPoint): void {
  assert.ok(fields.size > 0, "a point has no field");
  for (const [name, value] of tags) assert.equal(typeof value, "string", `the tag ${name} is not text`);
  for (const [name, value] of fields)
    assert.ok(isFieldValue(value), `the field ${name} is no field value: ${inspect(value)}`);
  if (time !== undefined) {
    assert.ok(Number.isSafeInteger(time.seconds), "a time has no whole seconds");
    assert.ok(Number.isInteger(time.nanos) && time.nanos >= 0 && time.nanos < 1e9, "a time has no nanoseconds");
  }
}

function isFieldValue(value: FieldValue): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return typeof value === "string" || typeof value === "boolean";
  return typeof value.value === "bigint" || Number.isSafeInteger(value.value);
}
