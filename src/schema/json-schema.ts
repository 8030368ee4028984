import type { Setting, SettingsShape } from "./setting.ts";

export type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema (draft 2020-12) of what a person may write for a setting in YAML.
 * `${VAR}` may stand for any scalar, so each that is not text anyway also takes such a text.
 */
export function jsonSchemaOf(setting: Setting): JsonSchema {
  const { default: value, meta } = setting;
  const fallback = value === undefined ? {} : { default: value };
  return { description: meta.description, ...structureOf(setting), ...fallback };
}

const VARIABLE = { type: "string", pattern: "\\$\\{[^}]+\\}" };

function structureOf({ structure, meta: { json, minItems = 0 } }: Setting): JsonSchema {
  if (structure.kind === "either")
    return { anyOf: Object.values(structure.forms).map((form: Setting) => jsonSchemaOf(form)) };
  if (structure.kind === "list")
    return { type: "array", items: jsonSchemaOf(structure.item), ...(minItems === 0 ? {} : { minItems }) };
  if (structure.kind === "dictionary") return { type: "object", additionalProperties: jsonSchemaOf(structure.item) };
  if (structure.kind === "group") return objectSchema(structure.shape);
  return Array.isArray(json?.["type"]) && json["pattern"] === undefined ? { ...json } : { anyOf: [json, VARIABLE] };
}

/** A map with these keys and no others. */
export function objectSchema(shape: SettingsShape): JsonSchema {
  const entries = Object.entries(shape);
  const required = entries.filter(([, setting]) => setting.required).map(([key]) => key);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([key, setting]) => [key, jsonSchemaOf(setting)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
