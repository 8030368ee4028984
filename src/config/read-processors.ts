import { fingerprint } from "./fingerprint.ts";
import { checkFrom, checkId } from "./ids.ts";
import type { PlannedProcessor } from "./plan.ts";
import { nameOf, readItem, type Reading } from "./read-item.ts";
import type { ProcessorSettings } from "./settings.ts";
import { childOf, type Tree } from "./tree.ts";

/**
 * Reads a list of processors; those that are not right are left out, with diagnostics.
 * @param taken ids of the chain so far; theirs are added
 * @param prefix before the ids of those that have none of their own
 */
export async function readProcessors(
  tree: Tree | undefined,
  reading: Reading,
  taken: Set<string>,
  prefix = "",
): Promise<readonly PlannedProcessor[]> {
  if (tree === undefined || tree.kind === "nothing" || tree.broken === true) return [];
  if (tree.kind !== "list") {
    reading.findings.error(tree.at, "wrong-type", `processors: expected a list, found ${nameOf(tree)}`);
    return [];
  }
  const processors: PlannedProcessor[] = [];
  for (const [index, item] of tree.items.entries()) {
    const processor = await readProcessor(item, index + 1, reading, taken, prefix);
    if (processor !== undefined) processors.push(processor);
  }
  return processors;
}

async function readProcessor(
  tree: Tree,
  place: number,
  reading: Reading,
  taken: Set<string>,
  prefix: string,
): Promise<PlannedProcessor | undefined> {
  checkFrom(tree, reading.inputIds, reading.findings);
  const item = await readItem("processor", tree, tree.at, reading);
  if (item === undefined) return undefined;
  const { plugin, identity, settings } = item;
  const { id: given, from } = item.common as ProcessorSettings;
  const at = childOf(tree, "id")?.at ?? tree.at;
  if (given !== undefined && !checkId(given, at, reading.findings)) return undefined;
  const id = given ?? `${prefix}${plugin.name}-${place}`;
  if (taken.has(id))
    reading.findings.error(at, "duplicate-id", `another processor of this chain has the id "${id}" already`);
  taken.add(id);
  return {
    id,
    plugin,
    settings,
    ...(from === undefined ? {} : { from }),
    fingerprint: fingerprint([identity, plugin.name, from, settings]),
  };
}
