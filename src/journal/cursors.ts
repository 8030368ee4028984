import { join } from "node:path";
import { type Cursor, CursorFile, readCursor, TEMPORARY_SUFFIX } from "./cursor-file.ts";
import type { FileLayer } from "./files.ts";
import { nodeFiles } from "./node-files.ts";

/** A cursor file that could not be read. */
export interface CursorDamage {
  readonly output: string;
  /** What happened, where, and what it means, as a sentence without a full stop. */
  readonly message: string;
}

const SUFFIX = ".json";

/** The cursors of the outputs, each in a file named by the output's id. */
export class CursorStore {
  readonly damage: readonly CursorDamage[];
  readonly #directory: string;
  readonly #files: FileLayer;
  readonly #cursors: Map<string, Cursor>;
  readonly #writers = new Map<string, CursorFile>();

  /**
   * Reads all cursors of a directory, which is made when it is missing. A damaged file is put aside as `.damaged`.
   * @throws Error when another version of the program wrote one
   */
  static async open(directory: string, files: FileLayer = nodeFiles): Promise<CursorStore> {
    await files.makeDirectory(directory);
    const cursors = new Map<string, Cursor>();
    const damage: CursorDamage[] = [];
    for (const name of (await files.list(directory)).toSorted()) {
      const path = join(directory, name);
      if (name.endsWith(SUFFIX + TEMPORARY_SUFFIX)) await files.remove(path);
      const output = outputOf(name);
      if (output === undefined) continue;
      const cursor = await readCursor(path, files);
      if (cursor !== undefined) {
        cursors.set(output, cursor);
        continue;
      }
      await files.rename(path, `${path}.damaged`);
      await files.syncDirectory(directory);
      const message = `${path} is damaged and was put aside as ${name}.damaged: output ${output} delivers again all that the journal still holds`;
      damage.push({ output, message });
    }
    return new CursorStore(directory, files, cursors, damage);
  }

  private constructor(
    directory: string,
    files: FileLayer,
    cursors: Map<string, Cursor>,
    damage: readonly CursorDamage[],
  ) {
    this.#directory = directory;
    this.#files = files;
    this.#cursors = cursors;
    this.damage = damage;
  }

  /** An output's cursor; undefined when it has none. */
  load(output: string): Cursor | undefined {
    return this.#cursors.get(output);
  }

  /** All outputs with a cursor, whether or not the configuration still names them. */
  list(): readonly { readonly output: string; readonly cursor: Cursor }[] {
    return [...this.#cursors].map(([output, cursor]) => ({ output, cursor }));
  }

  /**
   * Resolves once this cursor, or one saved after it, is durable.
   * @throws Error when it could not be written; the one before holds then
   */
  async save(output: string, cursor: Cursor): Promise<void> {
    const file = this.#writers.get(output) ?? new CursorFile(join(this.#directory, nameOf(output)), this.#files);
    this.#writers.set(output, file);
    await file.save(cursor);
    this.#cursors.set(output, cursor);
  }
}

function nameOf(output: string): string {
  return encodeURIComponent(output) + SUFFIX;
}

/** The output that a file's name stands for; undefined when the store gives no such name. */
function outputOf(name: string): string | undefined {
  if (!name.endsWith(SUFFIX)) return undefined;
  try {
    const output = decodeURIComponent(name.slice(0, -SUFFIX.length));
    return nameOf(output) === name ? output : undefined;
  } catch {
    return undefined;
  }
}
