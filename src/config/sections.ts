import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import { checkId } from "./ids.ts";
import { readSettings } from "./item-settings.ts";
import { nameOf } from "./read-item.ts";
import { fileShape } from "./settings.ts";
import { type ListNode, type MapNode, type TextNode, type Tree, without } from "./tree.ts";

/** An input or output as it stands in a file. */
export interface PlacedItem {
  readonly id: string;
  readonly owner: Position;
  readonly tree: Tree;
}

/** The items of the map `inputs` or `outputs` of all files; ids are checked. */
export function itemsOf(
  files: readonly MapNode[],
  section: "inputs" | "outputs",
  findings: Findings,
): readonly PlacedItem[] {
  const items = new Map<string, PlacedItem>();
  for (const file of files) {
    const entry = file.entries.get(section);
    if (entry === undefined || entry.value.kind === "nothing") continue;
    if (entry.value.kind !== "map") {
      if (entry.value.broken === true) continue;
      const message = `${section}: expected a map of ids, such as "grill:", found ${nameOf(entry.value)}`;
      findings.error(entry.value.at, "wrong-type", message);
      continue;
    }
    for (const [id, { key: owner, value: tree }] of entry.value.entries) {
      checkId(id, owner, findings);
      const first = items.get(id)?.owner;
      if (first === undefined) items.set(id, { id, owner, tree });
      else
        findings.error(owner, "duplicate-id", `the id "${id}" is used already, in ${first.file} on line ${first.line}`);
    }
  }
  return [...items.values()];
}

/** The ids of all inputs; undefined when a file's `inputs` could not be read, and there may be more. */
export function inputIdsOf(files: readonly MapNode[], inputs: readonly PlacedItem[]): readonly string[] | undefined {
  const unread = files.some((file) => !["map", "nothing"].includes(file.entries.get("inputs")?.value.kind ?? "map"));
  return unread ? undefined : inputs.map(({ id }) => id);
}

/** The lists under a key of all files, one after the other. */
export function listOf(
  files: readonly MapNode[],
  section: "processors" | "plugins",
  findings: Findings,
): ListNode | undefined {
  const lists: ListNode[] = [];
  for (const file of files) {
    const value = file.entries.get(section)?.value;
    if (value?.kind === "list") lists.push(value);
    else if (section === "processors" && value?.kind !== "nothing" && value !== undefined && value.broken !== true)
      findings.error(value.at, "wrong-type", `${section}: expected a list, found ${nameOf(value)}`);
  }
  const [first] = lists;
  return first === undefined ? undefined : { ...first, items: lists.flatMap(({ items }) => items) };
}

/** The texts of a list. */
export function textsOf(list: ListNode | undefined): readonly TextNode[] {
  return list?.items.filter((item) => item.kind === "text") ?? [];
}

/** Reports what an included file may not have, and what it has wrong. */
export function checkIncluded(file: MapNode, findings: Findings): void {
  const { version, plugins, inputs, processors, outputs } = fileShape;
  const shape = { version: version.optional(), plugins, inputs, processors, outputs };
  const strange = [...file.entries.keys()].filter((key) => !Object.hasOwn(shape, key) && Object.hasOwn(fileShape, key));
  for (const key of strange) {
    const message = `"${key}" belongs in the main file; an included one has ${Object.keys(shape).join(", ")}`;
    findings.error(file.entries.get(key)?.key ?? file.at, "included-section", message);
  }
  const empty = [...file.entries].filter(([, { value }]) => value.kind === "nothing").map(([key]) => key);
  const apart = ["inputs", "processors", "outputs", ...strange, ...empty.filter((key) => Object.hasOwn(shape, key))];
  readSettings(shape, without(file, apart), file.at, findings);
}
