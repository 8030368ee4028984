/**
 * Writes the pages that follow from the code. With `--check` it writes nothing, names the pages that are out of date,
 * and fails when there are any.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createProgram } from "../src/cli/program.ts";
import { errorsPage, fileSchema, loadTreePlugins, pluginPage } from "../src/config/index.ts";
import { commandsPage } from "./commands-page.ts";

const root = new URL("../", import.meta.url);
const plugins = await loadTreePlugins();
const pages = new Map([
  ["docs/reference/cli.md", commandsPage(createProgram())],
  ["docs/reference/errors.md", errorsPage()],
  ["docs/reference/fieldline.schema.json", `${JSON.stringify(await fileSchema(), undefined, 2)}\n`],
  ...plugins.map((plugin) => [`plugins/${plugin.kind}s/${plugin.name}/README.md`, pluginPage(plugin)] as const),
]);
const outdated = [...pages].filter(([path, text]) => read(path) !== text);

if (process.argv.includes("--check")) {
  for (const [path] of outdated)
    process.stderr.write(`${path} is not what "npm run generate" makes: run it and commit\n`);
  process.exitCode = outdated.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of outdated) write(path, text);
}

/** Its text; undefined when it is not there. */
function read(path: string): string | undefined {
  const url = new URL(path, root);
  return existsSync(url) ? readFileSync(url, "utf8") : undefined;
}

function write(path: string, text: string): void {
  mkdirSync(new URL(".", new URL(path, root)), { recursive: true });
  writeFileSync(new URL(path, root), text);
  process.stderr.write(`wrote ${path}\n`);
}
