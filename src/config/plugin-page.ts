import type { AnyPlugin, PluginKind } from "../plugin/index.ts";
import { describeSettings, type SettingRow } from "../schema/index.ts";
import { COMMON_SHAPES } from "./plugin-module.ts";

/** What stands around an example of each kind in a file. */
const AROUND: Readonly<Record<PluginKind, { readonly head: string; readonly indent: string; readonly first: string }>> =
  {
    input: { head: "inputs:\n  my-input:\n", indent: "    ", first: "    " },
    decoder: { head: "inputs:\n  my-input:\n    # ...\n    decode:\n", indent: "      ", first: "      " },
    processor: { head: "processors:\n", indent: "    ", first: "  - " },
    output: { head: "outputs:\n  my-output:\n", indent: "    ", first: "    " },
  };

/** The page of a plugin, in Markdown: what it does, examples, and a table of its settings. */
export function pluginPage(plugin: AnyPlugin): string {
  const { kind, name, summary, settings, examples } = plugin;
  const parts = [`# ${name}\n`, `${kind === "input" || kind === "output" ? "An" : "A"} ${kind}. ${summary}\n`];
  parts.push("## Settings\n", table(describeSettings(settings)));
  parts.push(`Every ${kind} has these as well:\n`, table(describeSettings(COMMON_SHAPES[kind]).map(ofPlugin(plugin))));
  parts.push(examples.length === 1 ? "## Example\n" : "## Examples\n");
  for (const example of examples) parts.push(`\`\`\`yaml\n${exampleOf(kind, example)}\n\`\`\`\n`);
  return parts.join("\n");
}

/** An example of a plugin as it stands in a whole file. */
function exampleOf(kind: PluginKind, example: string): string {
  const { head, indent, first } = AROUND[kind];
  const [line = "", ...lines] = example.trimEnd().split("\n");
  return head + [first + line, ...lines.map((each) => (each === "" ? "" : indent + each))].join("\n");
}

/** A setting that every plugin of the kind has, as this one has it: only some inputs do without `decode`. */
function ofPlugin(plugin: AnyPlugin): (row: SettingRow) => SettingRow {
  if (plugin.kind !== "input") return (row) => row;
  const { defaultDecoder } = plugin;
  return (row) =>
    row.name === "decode" ? { ...row, required: defaultDecoder === undefined, default: defaultDecoder } : row;
}

function table(rows: readonly SettingRow[]): string {
  if (rows.length === 0) return "None.\n";
  return `${["| setting | value | default | what it does |", "| --- | --- | --- | --- |", ...rows.map(rowOf)].join("\n")}\n`;
}

function rowOf({ name, label, description, required, secret, default: value }: SettingRow): string {
  const fallback = required ? "**required**" : value === undefined || isEmpty(value) ? "" : `\`${written(value)}\``;
  const what = secret ? `${description} Never shown.` : description;
  return `| ${[`\`${name}\``, label, fallback, what].map(cell).join(" | ")} |`;
}

const isEmpty = (value: unknown) => typeof value === "object" && JSON.stringify(value) === "{}";

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
