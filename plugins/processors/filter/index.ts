import {
  compilePredicate,
  defineProcessor,
  dictionary,
  list,
  type Point,
  type Problem,
  type SettingsOf,
  text,
} from "fieldline/plugin";
import { matcher } from "./glob.ts";

function patterns(description: string) {
  return list(text("A name; `*` stands for any characters."), description, { min: 1 });
}

function valuePatterns(description: string) {
  return dictionary(patterns("The tag's values; `*` stands for any characters."), description);
}

const settings = {
  when: text(
    "Keeps the points for which this condition in CEL is true: `fields.temp > 20 && tags.room == 'patio'`. It sees " +
      "`measurement`, `tags`, `fields` and `time`. A point that lacks what it asks for does not pass; " +
      "`has(tags.room)` tells.",
  ).optional(),
  keep_measurements: patterns("Keeps points of these measurements alone; `*` stands for any characters.").optional(),
  drop_measurements: patterns("Drops points of these measurements.").optional(),
  keep_where: valuePatterns(
    "Keeps points whose tags have one of these values; all tags named here must match.",
  ).optional(),
  drop_where: valuePatterns("Drops points of which any tag named here has one of these values.").optional(),
  keep_fields: patterns("Keeps these fields alone. A point without fields left is dropped.").optional(),
  drop_fields: patterns("Drops these fields. A point without fields left is dropped.").optional(),
  keep_tags: patterns("Keeps these tags alone.").optional(),
  drop_tags: patterns(
    "Drops these tags. Points that no other tag tells apart then fall together in the store.",
  ).optional(),
};
type Settings = SettingsOf<typeof settings>;
type Test<Value> = (value: Value) => boolean;

export default defineProcessor({
  name: "filter",
  summary: "Drops points, or fields and tags of points, on purpose: what it drops is no reject.",
  settings,
  examples: [
    "type: filter\nwhen: fields.temp_c > -50 && fields.temp_c < 500\n",
    "type: filter\nkeep_measurements: [bbq, climate_*]\ndrop_where: { room: [test*] }\n",
    "type: filter\nfrom: [smoker]\ndrop_fields: [debug_*, rssi]\ndrop_tags: [firmware]\n",
  ],
  check: (given) => [
    ...(Object.keys(given).length > 0
      ? []
      : [{ path: [], code: "missing-setting", message: "filter needs at least one setting that says what to drop" }]),
    ...checkCondition(given.when),
  ],
  create: (given) => {
    const passes = pointTests(given);
    const fieldNameTest = nameTest(given.keep_fields, given.drop_fields);
    const tagNameTest = nameTest(given.keep_tags, given.drop_tags);
    return {
      process: (points) =>
        points
          .filter((point) => passes.every((test) => test(point)))
          .map((point) => ({
            ...point,
            tags: only(point.tags, tagNameTest),
            fields: only(point.fields, fieldNameTest),
          }))
          .filter(({ fields }) => fields.size > 0),
    };
  },
});

function checkCondition(when: string | undefined): Problem[] {
  try {
    if (when !== undefined) compilePredicate(when);
    return [];
  } catch (error) {
    return [
      { path: ["when"], code: "bad-expression", message: error instanceof Error ? error.message : String(error) },
    ];
  }
}

/** What a point has to pass. @throws Error for a condition that CEL refuses */
function pointTests(given: Settings): Test<Point>[] {
  const tests: Test<Point>[] = [];
  const measurementTest = nameTest(given.keep_measurements, given.drop_measurements);
  if (measurementTest !== undefined) tests.push(({ measurement }) => measurementTest(measurement));
  for (const [tag, values] of Object.entries(given.keep_where ?? {})) tests.push(tagTest(tag, values));
  for (const [tag, values] of Object.entries(given.drop_where ?? {})) {
    const drops = tagTest(tag, values);
    tests.push((point) => !drops(point));
  }
  if (given.when !== undefined) {
    const predicate = compilePredicate(given.when);
    tests.push((point) => predicate.test(point) === true);
  }
  return tests;
}

function tagTest(tag: string, values: readonly string[]): Test<Point> {
  const matches = matcher(values);
  return ({ tags }) => {
    const value = tags.get(tag);
    return value !== undefined && matches(value);
  };
}

/** Whether a name stays; undefined when all do. */
function nameTest(keep: readonly string[] | undefined, drop: readonly string[] | undefined): Test<string> | undefined {
  if (keep === undefined && drop === undefined) return undefined;
  const kept = keep === undefined ? () => true : matcher(keep);
  const dropped = matcher(drop ?? []);
  return (name) => kept(name) && !dropped(name);
}

function only<Value>(map: ReadonlyMap<string, Value>, test: Test<string> | undefined): ReadonlyMap<string, Value> {
  if (test === undefined) return map;
  const kept = [...map].filter(([name]) => test(name));
  return kept.length === map.size ? map : new Map(kept);
}
