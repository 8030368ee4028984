import { readJson, replaceFile } from "./durable-file.ts";

/** Which outputs somebody has paused, by their ids, also those that the configuration does not have: a file of the data directory. */
export class PausedOutputs {
  readonly #path: string;
  #ids: ReadonlySet<string>;

  private constructor(path: string, ids: ReadonlySet<string>) {
    this.#path = path;
    this.#ids = ids;
  }

  /** @throws Error when the file is there and cannot be read */
  static async open(path: string): Promise<PausedOutputs> {
    const { outputs } = ((await readJson(path)) ?? {}) as { readonly outputs?: unknown };
    return new PausedOutputs(path, new Set(Array.isArray(outputs) ? outputs.map(String) : []));
  }

  has(output: string): boolean {
    return this.#ids.has(output);
  }

  /** Resolves once it is on disk. @throws Error when it could not be written; then nothing has changed */
  async set(output: string, paused: boolean): Promise<void> {
    if (paused === this.#ids.has(output)) return;
    const ids = new Set(this.#ids);
    if (paused) ids.add(output);
    else ids.delete(output);
    await replaceFile(this.#path, JSON.stringify({ version: 1, outputs: [...ids] }));
    this.#ids = ids;
  }
}
