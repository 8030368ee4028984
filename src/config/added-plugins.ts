import type { AnyPlugin } from "../plugin/index.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { Findings } from "./findings.ts";
import { PluginCatalog } from "./plugin-catalog.ts";
import { readFiles } from "./read-files.ts";
import { listOf, textsOf } from "./sections.ts";

/** The plugins that a configuration adds by its list `plugins`; none, and why, when one of them cannot be loaded. */
export async function loadAddedPlugins(
  file: string,
): Promise<{ readonly plugins?: readonly AnyPlugin[]; readonly diagnostics: readonly Diagnostic[] }> {
  const reading = new Findings();
  const read = await readFiles(file, undefined, process.env, reading);
  if (read === undefined) return { diagnostics: reading.list(file) };
  // What is wrong elsewhere in the file, such as a variable that is not set here, does not matter.
  const findings = new Findings();
  const catalog = new PluginCatalog();
  await catalog.add(textsOf(listOf([read.main, ...read.included], "plugins", findings)), findings);
  const diagnostics = findings.list(file);
  return findings.failed ? { diagnostics } : { plugins: catalog.added, diagnostics };
}
