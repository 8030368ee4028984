import { mkdirSync, statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { isAbsolute, join } from "node:path";

/**
 * Has Node keep what it compiles of the modules that are loaded from now on, which is a third of a start. Whoever can
 * write there can have this process run anything, so the folder is the user's own or there is none; without one, all
 * is compiled anew. `NODE_COMPILE_CACHE` names another, and `NODE_DISABLE_COMPILE_CACHE` wants none.
 */
export function keepCompiledCode(environment: NodeJS.ProcessEnv): void {
  const folder = cacheFolder(environment);
  if (folder === undefined) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOnlyOwn(folder)) enableCompileCache(folder);
  } catch {
    // A home that is read-only, or missing.
  }
}

/** That of a unit of systemd, or of the XDG Base Directory Specification. */
function cacheFolder({ CACHE_DIRECTORY, XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  const [unit] = CACHE_DIRECTORY?.split(":") ?? [];
  if (isFolder(unit)) return join(unit, "compiled");
  if (isFolder(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, "fieldline", "compiled");
  return isFolder(HOME) ? join(HOME, ".cache", "fieldline", "compiled") : undefined;
}

function isFolder(path: string | undefined): path is string {
  return path !== undefined && isAbsolute(path);
}

/** Windows has neither owners nor modes here, and its homes are closed to others. */
function isOnlyOwn(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}
