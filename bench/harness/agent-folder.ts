import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DiskFolder, diskFolder } from "./disk-folder.ts";
import { type Program, startProgram } from "./program.ts";

/** The built command, as users run it. */
export const MAIN = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

/** Makes a folder on a disk with a fieldline.yaml in it, whose data directory will be there too. */
export function agentFolder(configuration: string): DiskFolder {
  const folder = diskFolder();
  writeFileSync(join(folder.path, "fieldline.yaml"), configuration);
  return folder;
}

/** `fieldline run` in such a folder; resolves when the agent says that it runs. */
export async function startAgent({ path }: DiskFolder, signal: AbortSignal): Promise<Program> {
  return startProgram(MAIN, ["run", "--log-format", "json"], { signal, folder: path, ready: / runs"/ });
}
