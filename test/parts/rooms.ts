import { posix } from "node:path";
import { BUNDLED } from "../../tools/bundled.ts";
import type { Import, SourceFile } from "./imports.ts";

/** The rooms of src/, and the rooms that each may import. `index` is src/index.ts, the package's own front door. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  schema: [],
  observe: [],
  serial: [],
  board: ["serial"],
  flash: ["serial", "board"],
  plugin: ["model", "schema", "serial", "board"],
  testing: ["model", "schema", "plugin"],
  journal: ["model"],
  pipeline: ["model", "plugin", "journal", "observe"],
  config: ["model", "schema", "plugin"],
  agent: ["model", "schema", "plugin", "journal", "pipeline", "config", "observe"],
  demo: ["flash"],
  cli: ["agent", "config", "observe", "demo", "serial", "board", "flash"],
  index: ["model", "schema", "plugin", "config", "agent", "observe"],
};

/** The room that finds plugins; it alone names those of the tree, and loads one only when a configuration uses it. */
const LOADER = "config";

/** What a package.json says of npm packages. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Every import that breaks a rule of the rooms, and every circle of imports, as sentences. */
export function violations(files: readonly SourceFile[], manifest: Manifest): string[] {
  const broken = files.flatMap((file) =>
    file.imports.flatMap((one) => {
      const reason = reasonAgainst(file.path, one, manifest);
      return reason === undefined ? [] : [`${file.path} imports ${one.specifier}: ${reason}`];
    }),
  );
  return [...broken, ...circles(files)];
}

/** Tests, and the `NAME.child.ts` programs that they start, may use more than what is shipped. */
function reasonAgainst(path: string, one: Import, manifest: Manifest): string | undefined {
  const isTest = /\.(test|child)\.ts$/.test(path);
  const [area, name] = path.split("/");
  if (area !== "src" && area !== "plugins") return undefined;
  if (!one.specifier.startsWith(".") && !one.specifier.startsWith("fieldline"))
    return reasonAgainstPackage(one.specifier, isTest, manifest);
  if (isTest && isForTests(path, one)) return undefined;
  return area === "plugins" ? reasonInPlugin(path, one) : reasonInRoom(roomOf(path, name), path, one);
}

/** What tests of src/ and plugins/ may use beside what is shipped: parts of tests, and the golden frames of the wire. */
function isForTests(path: string, one: Import): boolean {
  const target = resolve(path, one);
  return (
    one.specifier === "fieldline/testing" ||
    target.startsWith("test/parts/") ||
    target === "firmware/protocol/golden.ts"
  );
}

/** Node's own modules are free; what is shipped may not need what only developers install, unless the build puts it in. */
function reasonAgainstPackage(specifier: string, isTest: boolean, manifest: Manifest): string | undefined {
  if (specifier.startsWith("node:")) return undefined;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (BUNDLED.includes(name) && name in manifest.devDependencies) return undefined;
  if (name in manifest.dependencies || (isTest && name in manifest.devDependencies)) return undefined;
  return isTest ? "package.json does not name this package" : "it is not among the dependencies in package.json";
}

function reasonInPlugin(path: string, one: Import): string | undefined {
  if (one.specifier === "fieldline/plugin") return undefined;
  const folder = `${path.split("/", 3).join("/")}/`;
  if (one.specifier.startsWith(".") && resolve(path, one).startsWith(folder)) return undefined;
  return 'a plugin imports "fieldline/plugin", its own folder and npm packages, nothing else';
}

function reasonInRoom(room: string, path: string, one: Import): string | undefined {
  if (one.specifier.startsWith("fieldline")) return "src/ imports itself by relative paths";
  const target = resolve(path, one);
  const [area, name] = target.split("/");
  if (area === "plugins") {
    return room === LOADER && one.lazy ? undefined : `only ${LOADER} imports plugins, and only by import()`;
  }
  if (area !== "src") return "what is shipped stays within src/ and plugins/";
  const other = roomOf(target, name);
  if (other === room) return undefined;
  const allowed = ROOMS[room];
  if (allowed === undefined) return `the room ${room} is not in the list of rooms`;
  if (!allowed.includes(other)) return `${room} may import ${allowed.join(", ") || "no other room"}`;
  return target === `src/${other}/index.ts` ? undefined : `enter ${other} through src/${other}/index.ts`;
}

function roomOf(path: string, name: string | undefined): string {
  return path === "src/index.ts" ? "index" : (name ?? "");
}

/** The path from the root that a relative import leads to. */
function resolve(path: string, one: Import): string {
  return posix.join(posix.dirname(path), one.specifier);
}

/** Each circle of imports once, as the files along it. */
function circles(files: readonly SourceFile[]): string[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports.filter((one) => one.specifier.startsWith(".")).map((one) => resolve(file.path, one)),
    ]),
  );
  const done = new Set<string>();
  const trail: string[] = [];
  const found: string[] = [];
  const walk = (path: string): void => {
    const seen = trail.indexOf(path);
    if (seen !== -1) found.push(`a circle of imports: ${[...trail.slice(seen), path].join(" -> ")}`);
    if (seen !== -1 || done.has(path)) return;
    trail.push(path);
    edges.get(path)?.forEach(walk);
    trail.pop();
    done.add(path);
  };
  files.forEach((file) => walk(file.path));
  return found;
}
