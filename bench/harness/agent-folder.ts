import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Program, startProgram } from "./program.ts";

/** The built command, as users run it. */
export const MAIN = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

/** Runs `use` in a new folder with a fieldline.yaml, and removes the folder with all that was written into it. */
export async function inAgentFolder<T>(configuration: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-bench-"));
  try {
    await writeFile(join(folder, "fieldline.yaml"), configuration);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `fieldline run` in such a folder; resolves when the agent says that it runs. */
export async function startAgent(folder: string, signal: AbortSignal): Promise<Program> {
  return startProgram(MAIN, ["run", "--log-format", "json"], { signal, folder, ready: / runs"/ });
}
