import { defineProcessor, dictionary, either, processEach, text } from "fieldline/plugin";

const NEW_NAME = text("The new name.");

export default defineProcessor({
  name: "rename",
  summary: "Gives measurements, tags and fields other names.",
  settings: {
    measurement: either(
      { scalar: text("The new name of all measurements."), map: dictionary(NEW_NAME, "Old names and new ones.") },
      "One new name for every point, or a map of old names to new ones.",
    ).optional(),
    tags: dictionary(
      NEW_NAME,
      "Old names of tags and their new ones. All are renamed at once, so two may change places. A point that would " +
        "have one name twice is a reject.",
    ).prefault({}),
    fields: dictionary(NEW_NAME, "Old names of fields and their new ones, as with `tags`.").prefault({}),
  },
  examples: [
    "type: rename\nmeasurement: bbq\nfields: { t: temp_c, h: humidity }\n",
    "type: rename\nmeasurement: { dht22: climate }\ntags: { id: probe }\n",
  ],
  check: ({ measurement, tags, fields }) =>
    measurement === undefined && isEmpty(tags) && isEmpty(fields)
      ? [{ path: [], code: "missing-setting", message: "rename needs `measurement`, `tags` or `fields`" }]
      : [],
  create: ({ measurement, tags, fields }) => {
    const measurements = typeof measurement === "object" ? new Map(Object.entries(measurement)) : undefined;
    const measurementOf = (old: string) =>
      typeof measurement === "object" ? (measurements?.get(old) ?? old) : (measurement ?? old);
    const tagNames = new Map(Object.entries(tags));
    const fieldNames = new Map(Object.entries(fields));
    return {
      process: (points) =>
        processEach(points, (point) => {
          const newTags = renameKeys(point.tags, tagNames);
          if (newTags === undefined) return "two tags would have the same name";
          const newFields = renameKeys(point.fields, fieldNames);
          if (newFields === undefined) return "two fields would have the same name";
          return { ...point, measurement: measurementOf(point.measurement), tags: newTags, fields: newFields };
        }),
    };
  },
});

/** The same map when none of the names is in it; undefined when one would be there twice. */
function renameKeys<Value>(
  map: ReadonlyMap<string, Value>,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, Value> | undefined {
  if ([...names.keys()].every((name) => !map.has(name))) return map;
  const renamed = new Map<string, Value>();
  for (const [key, value] of map) renamed.set(names.get(key) ?? key, value);
  return renamed.size === map.size ? renamed : undefined;
}

function isEmpty(names: Readonly<Record<string, string>>): boolean {
  return Object.keys(names).length === 0;
}
