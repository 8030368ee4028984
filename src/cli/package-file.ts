import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A file that the package ships, by its path from the package's root: it is the same from src/ as from dist/. */
export function packageFile(path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve("fieldline/package.json")), path);
}
