import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** Licences under which a package may be put into ours. */
const ACCEPTED = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause"]);

/**
 * The licences of the packages that modules are from, each in full.
 * @param modules paths of modules within node_modules
 * @throws Error that names a package without a licence, or with one that does not allow it
 */
export function noticeOf(modules: readonly string[]): string {
  const folders = [...new Set(modules.map(folderOf))].toSorted();
  return folders.map(notice).join(`\n${"-".repeat(80)}\n\n`);
}

/** The folder of the package that a module is from. */
function folderOf(module: string): string {
  let folder = dirname(module);
  while (manifestOf(folder)?.name === undefined) folder = dirname(folder);
  return folder;
}

function manifestOf(folder: string): Manifest | undefined {
  const path = join(folder, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : undefined;
}

function notice(folder: string): string {
  const { name = folder, version = "", license } = manifestOf(folder) ?? {};
  if (license === undefined || !ACCEPTED.has(license))
    throw new Error(`${name} ${version} cannot be put into dist/: its licence is ${license ?? "not named"}`);
  const text = readOne(folder, "{LICENSE,LICENCE,license}*") ?? licenceInReadme(folder);
  if (text === undefined)
    throw new Error(`${name} ${version} cannot be put into dist/: it brings no text of its licence ${license}`);
  const whole = license === "MIT" && !text.includes("Permission is hereby granted") ? `${text}\n\n${MIT}` : text;
  return `${name} ${version} (${license})\n\n${whole}\n`;
}

/** What a README says under the heading License: whose it is, and maybe all of it. */
function licenceInReadme(folder: string): string | undefined {
  return /^#+ licen[cs]e\s*\n(?<text>.*?)(?=^#|(?![^]))/ims
    .exec(readOne(folder, "{README,readme}*") ?? "")
    ?.groups?.["text"]?.trim();
}

function readOne(folder: string, pattern: string): string | undefined {
  const [file] = globSync(pattern, { cwd: folder });
  return file === undefined ? undefined : readFileSync(join(folder, file), "utf8").trim();
}

/** The terms, for a package that names them and whose they are. */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
