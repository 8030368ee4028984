/**
 * Makes one file of each room of src/ and of each plugin in dist/, after tsc: Node resolves, reads and links 320 small
 * modules in the time that a third of a start takes. A room is still entered through its index.js and a plugin still
 * loaded by itself, so who shares a module shares it as before; packages stay what npm installs, but for those of
 * bundled.ts, whose licences are put beside them.
 */
import { globSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { BUNDLED, LEFT_OUT } from "./bundled.ts";
import { noticeOf } from "./notices.ts";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
/** A plugin's threads are entries of its folder, as its index.js is. */
const entries = globSync(["src/*/index.js", "src/cli/main.js", "plugins/*/*/{index,*-thread}.js"], { cwd: dist });
const rooms = Map.groupBy(entries, (entry) => dirname(join(dist, entry)));
await Promise.all([...rooms].map(([room, paths]) => bundle(room, paths)));

/** Puts all modules of a room into its entries; what they share or import lazily becomes files beside them. */
async function bundle(room: string, paths: readonly string[]): Promise<void> {
  const build = await rolldown({
    input: paths.map((path) => join(dist, path)),
    external: (id, importer) => importer !== undefined && isOutside(id, importer, room),
    platform: "node",
  });
  const { output } = await build.generate({ entryFileNames: "[name].js", chunkFileNames: "[name].js" });
  for (const path of globSync("**/*.js", { cwd: room })) rmSync(join(room, path));
  const chunks = output.filter((file) => file.type === "chunk");
  for (const { fileName, code } of chunks) writeFileSync(join(room, fileName), code);
  const packaged = chunks.flatMap(({ moduleIds }) => moduleIds).filter(isPackaged);
  if (packaged.length > 0) writeFileSync(join(room, "THIRD_PARTY.txt"), noticeOf(packaged));
}

/** Whether what a module imports stays outside of the room's files. */
function isOutside(id: string, importer: string, room: string): boolean {
  if (isBuiltin(id) || LEFT_OUT.includes(id)) return true;
  if (isPackaged(id) || isPackaged(importer) || BUNDLED.some((name) => `${id}/`.startsWith(`${name}/`))) return false;
  return !/^[./]/.test(id) || !resolve(dirname(importer), id).startsWith(`${room}/`);
}

/** Whether a module's path is that of a package: only those of bundled ones are ever looked up. */
function isPackaged(path: string): boolean {
  return path.includes(`${sep}node_modules${sep}`);
}
