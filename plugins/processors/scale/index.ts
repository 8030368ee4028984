import {
  defineProcessor,
  dictionary,
  either,
  excerpt,
  type FieldValue,
  type Integer,
  integerField,
  list,
  number,
  type Point,
  processEach,
  text,
} from "fieldline/plugin";

const NO_CHANGE = { path: [], code: "missing-setting", message: "without `multiply` or `offset` this changes nothing" };

export default defineProcessor({
  name: "scale",
  summary: "Multiplies fields and adds an offset: `value * multiply + offset`.",
  settings: {
    fields: either(
      {
        list: list(text("A field."), "Fields that are changed in place.", { min: 1 }),
        map: dictionary(text("The result's name."), "Fields, and the names of the results."),
      },
      "The fields: a list changes them in place; a map puts each result under a new name, beside the field it comes " +
        "from, so that a unit in a name stays true. A point that has such a field already is a reject. Texts and " +
        "booleans are left as they are.",
    ),
    multiply: number("The factor.").prefault("1"),
    offset: number(
      "What is added then. An integer stays one where factor and offset are whole numbers, and becomes a float where " +
        "they are not. A float that is not whole has 15 digits. A result beyond its type makes the point a reject.",
    ).prefault("0"),
  },
  examples: [
    "type: scale\nfrom: [firebox]\nfields: { temp_c: temp_f }\nmultiply: 1.8\noffset: 32\n",
    "type: scale\nfields: [pressure]\nmultiply: 0.01\n",
  ],
  check: ({ fields, multiply, offset }) =>
    isList(fields) && multiply === 1 && offset === 0 ? [{ ...NO_CHANGE, severity: "warning" }] : [],
  create: ({ fields, multiply, offset }) => {
    const names: readonly (readonly [string, string])[] = isList(fields)
      ? fields.map((name) => [name, name])
      : Object.entries(fields);
    const scale = scaler(multiply, offset);
    return { process: (points) => processEach(points, (point) => scalePoint(point, names, scale)) };
  },
});

/** The decimal digits that a float keeps (IEEE 754 binary64); further ones of a result are the calculation's own. */
const SURE_DIGITS = 15;

/** A number's result; undefined when its type cannot hold it. */
type Scale = (value: number | Integer) => number | Integer | undefined;

function isList(fields: readonly string[] | Readonly<Record<string, string>>): fields is readonly string[] {
  return Array.isArray(fields);
}

/** Which type a result has follows from the settings and the field's type alone, so that no series changes its type. */
function scaler(multiply: number, offset: number): Scale {
  const whole =
    Number.isInteger(multiply) && Number.isInteger(offset) ? ([BigInt(multiply), BigInt(offset)] as const) : undefined;
  const float = (value: number) => {
    const result = value * multiply + offset;
    if (!Number.isFinite(result)) return undefined;
    return Number.isInteger(result) ? result : Number(result.toPrecision(SURE_DIGITS));
  };
  return (value) => {
    if (typeof value === "number") return float(value);
    if (whole === undefined) return float(Number(value.value));
    return integerField(BigInt(value.value) * whole[0] + whole[1], value.type);
  };
}

function scalePoint(point: Point, names: readonly (readonly [string, string])[], scale: Scale): Point | string {
  let fields: Map<string, FieldValue> | undefined;
  for (const [from, to] of names) {
    const value = point.fields.get(from);
    if (value === undefined || typeof value === "string" || typeof value === "boolean") continue;
    const result = scale(value);
    if (result === undefined) return `the scaled field ${excerpt(from)} would be beyond its type`;
    if (from !== to && (fields ?? point.fields).has(to)) return `there is a field ${excerpt(to)} already`;
    fields ??= new Map(point.fields);
    fields.set(to, result);
  }
  return fields === undefined ? point : { ...point, fields };
}
