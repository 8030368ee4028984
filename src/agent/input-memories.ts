import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { dataDirectory } from "./data-directory.ts";
import { readJson } from "./durable-file.ts";

/** What the inputs of the agent with this data directory remember; nothing of those that cannot be read. */
export async function inputMemories(dataDir: string): Promise<unknown[]> {
  const { inputs } = dataDirectory(dataDir);
  const names = await readdir(inputs).catch(() => []);
  const files = names.filter((name) => name.endsWith(".json")).toSorted();
  return Promise.all(files.map((name) => readJson(join(inputs, name)).catch(() => undefined)));
}
