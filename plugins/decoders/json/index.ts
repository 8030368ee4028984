import { choice, defineDecoder, dictionary, fieldTypeSetting, group, text, TIME_UNITS } from "fieldline/plugin";
import { leaveOut } from "./flatten.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { checkPath, checkPlaces, pathOf, pathSetting, placesOf, placesSetting } from "./places.ts";

export default defineDecoder({
  name: "json",
  summary: "A JSON object becomes one point; a list of them one point each.",
  settings: {
    measurement: text("The measurement, in place of the topic's `{measurement}`; the input's id without either.", {
      pattern: /./,
      expected: "text that is not empty",
    }).optional(),
    each: pathSetting(
      "Where the list of readings is when it stands within an object; each entry is a point, and paths start at the " +
        "entry, or with `$.` at the whole payload",
    ).optional(),
    tags: placesSetting(
      "Paths whose values become tags: a list, or a map of paths to the tags' names. They are not fields then. What is " +
        "missing or null gives no tag.",
    ).prefault([]),
    fields: placesSetting(
      "Paths whose values become fields: a list, or a map of paths to the fields' names; a path to an object takes all " +
        "that is in it. Without this setting every number, text and boolean becomes a field, nested ones named by " +
        "their keys joined with `_`, entries of lists by their index. Texts become text fields: name the fields you " +
        "want if your store keeps numbers alone. Nulls are left out. A payload that is a lone value becomes the field " +
        "of the topic's `{field}`, or `value`.",
    ).optional(),
    types: dictionary(
      fieldTypeSetting(),
      "The types of fields, by their names. Numbers are floats without one; an integer that no float holds exactly is " +
        "then a reject. Texts are read as the type says, and booleans as 1 and 0 where it says a number.",
    ).prefault({}),
    time: group(
      {
        path: pathSetting("Where the time is"),
        unit: choice(TIME_UNITS, "What the time counts since 1970, exact to the nanosecond, or a date with a zone."),
      },
      "The time of the point. Where it is missing or null the point gets the receive time; one that cannot be read is a reject.",
    ).optional(),
  },
  examples: [
    "type: json\nmeasurement: bbq\ntags: [probe]\ntypes: { seq: integer }\ntime: { path: ts, unit: ms }\n",
    "type: json\neach: readings\ntags: { $.gateway: gateway, id: probe }\nfields: { temp.c: temp_c, battery: battery }\n",
    "type: json\nfields: [energy.power, energy.total]\ntime: { path: time, unit: rfc3339 }\n",
  ],
  check: ({ each, tags, fields, time }) => [
    ...(each === undefined ? [] : checkPath(each, ["each"])),
    ...checkPlaces(tags, ["tags"]),
    ...(fields === undefined ? [] : checkPlaces(fields, ["fields"])),
    ...(time === undefined ? [] : checkPath(time.path, ["time", "path"])),
  ],
  create: ({ measurement, each, tags, fields, types, time }) => {
    const tagPlaces = placesOf(tags);
    const timePlace = time === undefined ? undefined : { path: pathOf(time.path), unit: time.unit };
    const used = [...tagPlaces.values(), ...(timePlace === undefined ? [] : [timePlace.path])];
    return new JsonDecoder({
      measurement,
      each: each === undefined ? undefined : pathOf(each),
      tags: tagPlaces,
      fields: fields === undefined ? undefined : placesOf(fields),
      leftOut: leaveOut(used.filter(({ fromRoot }) => !fromRoot || each === undefined).map(({ keys }) => keys)),
      types: new Map(Object.entries(types)),
      time: timePlace,
    });
  },
});
