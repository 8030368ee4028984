import type { InputPlugin } from "../plugin/index.ts";
import type { Position } from "./diagnostic.ts";
import { fingerprint } from "./fingerprint.ts";
import type { OriginPlan, PlannedInput } from "./plan.ts";
import { type Item, readItem, type Reading } from "./read-item.ts";
import type { InputSettings } from "./settings.ts";
import type { MapNode, TextNode, Tree } from "./tree.ts";

/** Reads what stands under an input's id; undefined, with diagnostics, when it is not right. */
export async function readInput(
  id: string,
  tree: Tree,
  owner: Position,
  reading: Reading,
): Promise<PlannedInput | undefined> {
  const item = await readItem("input", tree, owner, reading, ["decode"]);
  const decoder = await readDecoder(tree, owner, item?.plugin, reading);
  if (item === undefined || decoder === undefined) return undefined;
  const { plugin, identity, settings } = item;
  const { tags = {}, thin, max_reading: maxReading } = item.common as InputSettings;
  const origin = { plugin, identity, settings: originSettings(plugin, settings) };
  return {
    id,
    plugin,
    settings,
    tags: new Map(Object.entries(tags)),
    origin,
    decoder: { plugin: decoder.plugin, identity: decoder.identity, settings: decoder.settings },
    maxReading,
    ...(thin === undefined ? {} : { thinMs: thin.every }),
    connection: fingerprint([identity, plugin.name, settings, thin, maxReading]),
    fingerprint: fingerprint([partOf(origin), partOf(decoder), tags]),
  };
}

const partOf = ({ identity, plugin, settings }: OriginPlan | Item<"decoder">) => [identity, plugin.name, settings];

/** What a plugin's `origin` is given of its settings. */
function originSettings(plugin: InputPlugin, settings: Item<"input">["settings"]): object {
  if (plugin.origin === undefined) return {};
  return Object.fromEntries(Object.entries(settings).filter(([key]) => plugin.originSettings?.includes(key) ?? true));
}

/** Reads `decode`: a name, or a map with a type; left out: the input's default. */
async function readDecoder(
  input: Tree,
  owner: Position,
  plugin: InputPlugin | undefined,
  reading: Reading,
): Promise<Item<"decoder"> | undefined> {
  if (input.kind !== "map") return undefined;
  const { key = owner, value = fallback(input, owner, plugin) } = input.entries.get("decode") ?? {};
  if (value === undefined) {
    const names = reading.catalog.names("decoder").join(", ");
    if (plugin !== undefined)
      reading.findings.error(owner, "missing-setting", `decode is required: the format of a payload, one of ${names}`);
    return undefined;
  }
  if (value.broken === true) return undefined;
  return readItem("decoder", value.kind === "text" ? mapOf(value) : value, key, reading);
}

function fallback(input: Tree, at: Position, plugin: InputPlugin | undefined): TextNode | undefined {
  const text = plugin?.defaultDecoder;
  return text === undefined ? undefined : { kind: "text", text, at, folder: input.folder, hidden: false };
}

/** `NAME` as `{ type: NAME }`. */
function mapOf(name: TextNode): MapNode {
  return { kind: "map", at: name.at, folder: name.folder, entries: new Map([["type", { key: name.at, value: name }]]) };
}
