import { parse } from "yaml";
import type { AnyPlugin, PluginKind } from "../plugin/index.ts";
import { type JsonSchema, jsonSchemaOf, objectSchema } from "../schema/index.ts";
import { COMMON_SHAPES } from "./plugin-module.ts";
import { fileShape } from "./settings.ts";
import { loadTreePlugins, PLUGIN_KINDS } from "./tree-plugins.ts";

/** By `else`, since an object with the key `then` would look like a promise. */
const when = (condition: JsonSchema, schema: JsonSchema): JsonSchema => ({ if: { not: condition }, else: schema });
const ref = (kind: PluginKind) => ({ $ref: `#/$defs/${kind}` });

const byId = (kind: "input" | "output") => ({
  description: described(fileShape[`${kind}s`]),
  type: ["object", "null"],
  propertyNames: { pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$" },
  additionalProperties: ref(kind),
});
const processors = (description: string) => ({ description, type: ["array", "null"], items: ref("processor") });

/**
 * The JSON Schema (draft 2020-12) of a whole configuration file, with the settings of every plugin that comes with
 * Fieldline and of those that a configuration adds. Where none are given, a file with a list `plugins` may have other
 * types.
 */
export async function fileSchema(added: readonly AnyPlugin[] = []): Promise<JsonSchema> {
  const plugins = [...(await loadTreePlugins()), ...added];
  const file = objectSchema(fileShape);
  const known = Object.fromEntries(PLUGIN_KINDS.map((kind) => [kind, knownTypes(kind, plugins)]));
  const onlyKnown = {
    properties: {
      inputs: { additionalProperties: known["input"] },
      processors: { items: known["processor"] },
      outputs: { additionalProperties: known["output"] },
    },
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Fieldline configuration",
    ...file,
    properties: {
      ...Object.fromEntries(Object.entries(file["properties"] as Record<string, JsonSchema>).map(emptyAllowed)),
      version: { description: described(fileShape.version), enum: [1, "1"] },
      inputs: byId("input"),
      processors: processors(described(fileShape.processors)),
      outputs: byId("output"),
    },
    ...(added.length === 0 ? when({ not: { required: ["plugins"] } }, onlyKnown) : { allOf: [onlyKnown] }),
    $defs: Object.fromEntries(PLUGIN_KINDS.map((kind) => [kind, itemSchema(kind, plugins)])),
  };
}

/** A section may stand there with nothing in it. */
function emptyAllowed([key, schema]: readonly [string, JsonSchema]): readonly [string, JsonSchema] {
  return [key, { ...schema, type: [schema["type"], "null"] }];
}

const described = (setting: Parameters<typeof jsonSchemaOf>[0]) => String(jsonSchemaOf(setting)["description"]);

/** Allows the types of these plugins alone. */
function knownTypes(kind: PluginKind, plugins: readonly AnyPlugin[]): JsonSchema {
  const type = { enum: plugins.filter((plugin) => plugin.kind === kind).map(({ name }) => name) };
  if (kind !== "input") return { properties: { type } };
  const decoder = knownTypes("decoder", plugins);
  const names = (decoder["properties"] as JsonSchema)["type"];
  return {
    properties: {
      type,
      decode: {
        anyOf: [
          { type: "string", ...(names as object) },
          { type: "object", ...decoder },
        ],
      },
    },
  };
}

/** What may stand under an id or in a list: a type, and what belongs to that type. */
function itemSchema(kind: PluginKind, plugins: readonly AnyPlugin[]): JsonSchema {
  const own = plugins.filter((plugin) => plugin.kind === kind);
  const names = own.map(({ name, summary }) => ({ const: name, description: summary }));
  return {
    type: "object",
    required: ["type"],
    properties: { type: { description: `The ${kind}'s type.`, anyOf: [...names, { type: "string" }] } },
    allOf: own.map((plugin) =>
      when({ properties: { type: { const: plugin.name } }, required: ["type"] }, settingsOf(plugin)),
    ),
    examples: own.flatMap(({ examples }) => examples.map((example) => parse(example) as unknown)),
  };
}

function settingsOf(plugin: AnyPlugin): JsonSchema {
  const schema = objectSchema({ ...COMMON_SHAPES[plugin.kind], ...plugin.settings });
  const properties = schema["properties"] as Record<string, JsonSchema>;
  if (plugin.kind === "output") properties["processors"] = processors(described(COMMON_SHAPES.output.processors));
  if (plugin.kind !== "input") return { ...schema, description: plugin.summary };
  const { defaultDecoder } = plugin;
  properties["decode"] = {
    description: described(COMMON_SHAPES.input.decode),
    anyOf: [{ type: "string" }, ref("decoder")],
    ...(defaultDecoder === undefined ? {} : { default: defaultDecoder }),
  };
  const required = [
    ...((schema["required"] as string[] | undefined) ?? []),
    ...(defaultDecoder === undefined ? ["decode"] : []),
  ];
  return { ...schema, description: plugin.summary, required };
}
