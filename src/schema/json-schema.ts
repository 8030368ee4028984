import type { z } from "zod";
import { unwrap } from "./describe.ts";
import { settingForms, settingMeta } from "./settings.ts";

export type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema (draft 2020-12) of what a person may write for a setting in YAML.
 * `${VAR}` may stand for any scalar, so each that is not text anyway also takes such a text.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { default: value, schema: inner } = unwrap(schema);
  const meta = settingMeta.get(inner);
  const description = meta === undefined ? {} : { description: meta.description };
  const fallback = value === undefined ? {} : { default: value };
  return { ...description, ...structureOf(inner), ...fallback };
}

const VARIABLE = { type: "string", pattern: "\\$\\{[^}]+\\}" };

function structureOf(schema: z.ZodType): JsonSchema {
  const forms = settingForms.get(schema);
  if (forms !== undefined) return { anyOf: Object.values(forms).map((form) => jsonSchemaOf(form as z.ZodType)) };
  const json = settingMeta.get(schema)?.json;
  if (json !== undefined)
    return Array.isArray(json["type"]) && json["pattern"] === undefined ? { ...json } : { anyOf: [json, VARIABLE] };
  const def = schema._zod.def as z.core.$ZodTypeDef & {
    element?: z.ZodType;
    valueType?: z.ZodType;
    shape?: Record<string, z.ZodType>;
  };
  if (def.element !== undefined) {
    const { minItems = 0 } = settingMeta.get(schema) ?? {};
    return { type: "array", items: jsonSchemaOf(def.element), ...(minItems === 0 ? {} : { minItems }) };
  }
  if (def.valueType !== undefined) return { type: "object", additionalProperties: jsonSchemaOf(def.valueType) };
  if (def.shape !== undefined) return objectSchema(def.shape);
  throw new Error(
    `a setting of type ${def.type} has no JSON Schema: declare it with the functions of fieldline/plugin`,
  );
}

/** A map with these keys and no others. */
export function objectSchema(shape: Readonly<Record<string, z.ZodType>>): JsonSchema {
  const entries = Object.entries(shape);
  const required = entries.filter(([, setting]) => unwrap(setting).required).map(([key]) => key);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([key, setting]) => [key, jsonSchemaOf(setting)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
