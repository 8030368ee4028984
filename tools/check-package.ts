/**
 * Checks what `npm pack` would publish: all that the package needs, and nothing that belongs to the repository alone.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The licences of what the build puts in. */
const NOTICE = "dist/plugins/inputs/firmata/THIRD_PARTY.txt";
const FIRMWARE = ["uno", "mega", "leonardo"].map((board) => `firmware/hex/fieldline-${board}.hex`);
const SKETCH = ["firmware/fieldline/fieldline.ino", "firmware/fieldline/library.properties"];
const REQUIRED = ["LICENSE", "README.md", "CHANGELOG.md", "package.json", ...FIRMWARE, ...SKETCH, NOTICE];
const ALLOWED = [
  /^dist\/(src|plugins)\//,
  /^(configs|docs)\//,
  /^plugins\/\w+\/\w+\/README\.md$/,
  /^firmware\/(hex|fieldline)\//,
  /^firmware\/(README\.md|PROTOCOL\.md|protocol\/(README\.md|\w+\.txt))$/,
  /^(LICENSE|README\.md|CHANGELOG\.md|CONTRIBUTING\.md|package\.json)$/,
];

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as Manifest;
const problems = problemsOf(packedPaths(), manifest);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The paths that would be in the package. */
function packedPaths(): string[] {
  const json = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
  });
  const [packed] = JSON.parse(json) as { readonly files: readonly { readonly path: string }[] }[];
  return packed?.files.map((file) => file.path) ?? [];
}

/** What is wrong with a package of these paths, as sentences. */
function problemsOf(paths: readonly string[], { bin, exports }: Manifest): string[] {
  const offered = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? target : Object.values(target),
  );
  const required = [...REQUIRED, ...[...Object.values(bin), ...offered].map((path) => path.replace("./", ""))];
  return [
    ...required.filter((path) => !paths.includes(path)).map((path) => `${path} is not in the package`),
    ...paths
      .filter((path) => !ALLOWED.some((allowed) => allowed.test(path)))
      .map((path) => `${path} does not belong in the package`),
    ...paths.filter(isStale).map((path) => `${path} has no source any more: remove dist/ and build again`),
    ...paths.filter((path) => /\.(test|child)\.(js|d\.ts)$/.test(path)).map((path) => `${path} is a test`),
    ...linksOf("README.md")
      .filter((link) => !paths.some((path) => path === link || path.startsWith(`${link}/`)))
      .map((link) => `README.md links to ${link}, which is not in the package`),
    ...paths.filter(namesItsFolder).map((path) => `${path} names the folder it was built in`),
  ];
}

/** The files and folders that a page links to, without the page's own sections and other sites. */
function linksOf(page: string): string[] {
  const links = readFileSync(root + page, "utf8").matchAll(/\]\((?!\w+:)([^)#]+?)\/?(?:#[^)]*)?\)/g);
  return [...links].map(([, path = ""]) => posix.join(posix.dirname(page), path));
}

/** Whether a built file's source is gone. */
function isStale(path: string): boolean {
  return (
    path.startsWith("dist/") &&
    path !== NOTICE &&
    !existsSync(root + path.replace(/^dist\//, "").replace(/(\.d\.ts|\.js)$/, ".ts"))
  );
}

function namesItsFolder(path: string): boolean {
  return readFileSync(root + path, "utf8").includes(root);
}
