import { join } from "node:path";
import { type Cursor, CursorFile, readCursor, TEMPORARY_SUFFIX } from "./cursor-file.ts";
import { errorCode, type FileLayer } from "./files.ts";
import { nodeFiles } from "./node-files.ts";
import { NOTHING_TO_SPARE, type Spare, sparing } from "./sparing.ts";

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
  /** Asked for room when the disk is full. */
  spare: Spare = NOTHING_TO_SPARE;
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
    for (const name of await files.list(directory))
      if (name.endsWith(SUFFIX + TEMPORARY_SUFFIX)) await files.remove(join(directory, name));
    const cursors = new Map<string, Cursor>();
    const damage: CursorDamage[] = [];
    for (const [output, cursor] of await readCursors(directory, files)) {
      if (cursor !== undefined) {
        cursors.set(output, cursor);
        continue;
      }
      const name = nameOf(output);
      const path = join(directory, name);
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

  /** The offset after the last one that any cursor knows: a journal that begins anew must not give it again. */
  get end(): number {
    return Math.max(0, ...[...this.#cursors.values()].map(({ offset, delivered }) => delivered?.at(-1)?.[1] ?? offset));
  }

  /**
   * Resolves once this cursor, or one saved after it, is durable.
   * @throws Error when it could not be written; the one before holds then
   */
  async save(output: string, cursor: Cursor): Promise<void> {
    const file = this.#writers.get(output) ?? new CursorFile(this.#pathOf(output), this.#files);
    this.#writers.set(output, file);
    await sparing(() => file.save(cursor), this.spare);
    this.#cursors.set(output, cursor);
  }

  /**
   * Gives the cursor of one output to another, which has none; resolves once that is durable. Nobody saves either
   * meanwhile.
   */
  async rename(output: string, to: string): Promise<void> {
    await this.#files.rename(this.#pathOf(output), this.#pathOf(to));
    await this.#files.syncDirectory(this.#directory);
    const cursor = this.#cursors.get(output);
    if (cursor !== undefined) this.#cursors.set(to, cursor);
    this.#drop(output);
  }

  /** Forgets the cursor of an output; resolves once that is durable. Nobody saves it meanwhile. */
  async forget(output: string): Promise<void> {
    await this.#files.remove(this.#pathOf(output));
    await this.#files.syncDirectory(this.#directory);
    this.#drop(output);
  }

  #drop(output: string): void {
    this.#cursors.delete(output);
    this.#writers.delete(output);
  }

  #pathOf(output: string): string {
    return join(this.#directory, nameOf(output));
  }
}

/**
 * The cursors of a directory by output, as they lie there, in alphabetical order; undefined for one that is damaged. A
 * directory that is not there has none.
 * @throws Error when the directory cannot be read, or another version of the program wrote a cursor
 */
export async function readCursors(
  directory: string,
  files: FileLayer = nodeFiles,
): Promise<ReadonlyMap<string, Cursor | undefined>> {
  const cursors = new Map<string, Cursor | undefined>();
  const names = await files.list(directory).catch((error: unknown): string[] => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  for (const name of names.toSorted()) {
    const output = outputOf(name);
    if (output !== undefined) cursors.set(output, await readCursor(join(directory, name), files));
  }
  return cursors;
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
