import { isUtf8 } from "node:buffer";
import {
  defineDecoder,
  dictionary,
  either,
  excerpt,
  fieldTypeSetting,
  NO_TAGS,
  type Origin,
  readField,
  type SettingsOf,
  text,
} from "fieldline/plugin";

const settings = {
  measurement: text("The measurement, in place of the topic's `{measurement}`; the input's id without either.", {
    pattern: /./,
    expected: "text that is not empty",
  }).optional(),
  field: text("The field that the value goes into, in place of the topic's `{field}`; `value` without either.", {
    pattern: /./,
    expected: "text that is not empty",
  }).optional(),
  types: either(
    {
      scalar: fieldTypeSetting(),
      map: dictionary(fieldTypeSetting(), "The type of each field, by its name."),
    },
    "What the text becomes: one type for all, or a map of them by field, for topics with `{field}`. A field without " +
      "one is a float. An integer that no float holds exactly is a reject unless a type is named.",
  ).optional(),
  values: dictionary(
    text("What to read in its place."),
    "Words that stand for a value, such as `{ open: 1, closed: 0 }`. They match the whole payload, upper and lower " +
      "case alike; other payloads are read as they are.",
  ).prefault({}),
};

export default defineDecoder({
  name: "value",
  summary: "The payload is one value, such as `107.25`; space around it is ignored.",
  settings,
  examples: [
    "type: value\nmeasurement: bbq\n",
    "type: value\nmeasurement: relay\nfield: state\ntypes: boolean\n",
    "type: value\ntypes: { state: string, count: integer }\n",
    "type: value\nfield: door\nvalues: { open: 1, closed: 0 }\n",
  ],
  create: ({ measurement, field, types, values }: SettingsOf<typeof settings>) => {
    const words = new Map(Object.entries(values).map(([word, value]) => [word.toLowerCase(), value]));
    const byField = typeof types === "object" ? new Map(Object.entries(types)) : undefined;
    const typeForAll = typeof types === "object" ? undefined : types;
    return {
      decode: ({ payload }, origin: Origin) => {
        const name = field ?? origin.field ?? "value";
        const payloadText = readText(payload);
        if (payloadText === undefined) return refuse(`the payload is not UTF-8: ${excerpt(payload)}`);
        if (payloadText === "") return refuse("the payload is empty");
        const { value, reason } = readField(
          words.get(payloadText.toLowerCase()) ?? payloadText,
          typeForAll ?? byField?.get(name),
        );
        if (value === undefined) return refuse(`the value of the field ${excerpt(name)} ${reason}`);
        return {
          points: [{ measurement: measurement ?? origin.measurement, tags: NO_TAGS, fields: new Map([[name, value]]) }],
        };
      },
    };
  },
});

function refuse(reason: string) {
  return { points: [], rejected: [{ reason }] };
}

/** Without the space around it, nor the NULs that C programs leave at the end; undefined when it is not UTF-8. */
function readText(payload: Uint8Array): string | undefined {
  if (!isUtf8(payload)) return undefined;
  let end = payload.length;
  while (end > 0 && payload[end - 1] === 0) end -= 1;
  return Buffer.from(payload.buffer, payload.byteOffset, end).toString().trim();
}
