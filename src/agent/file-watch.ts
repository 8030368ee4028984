import { type StatsListener, unwatchFile, watchFile } from "node:fs";

/** An editor writes a file in several steps: the last one counts. */
const SETTLE_MS = 300;
/** Files are looked at, not listened to: a watch on a file that an editor replaces by another goes deaf. */
const LOOK_EVERY_MS = 500;

/** Tells of changes of files. What it has noticed is told also when other files are watched by then. */
export class FileWatch {
  readonly #onChange: () => void;
  #files: ReadonlySet<string> = new Set();
  #settle: NodeJS.Timeout | undefined;

  /** @param onChange is called once a change has settled */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches these files, and no others any more; of those that it has watched before it misses nothing. */
  watch(paths: readonly string[]): void {
    const files = new Set(paths);
    for (const file of files)
      if (!this.#files.has(file)) watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, this.#changed);
    for (const file of this.#files) if (!files.has(file)) unwatchFile(file, this.#changed);
    this.#files = files;
  }

  /** Watches nothing, and tells nothing more. */
  close(): void {
    this.watch([]);
    clearTimeout(this.#settle);
  }

  readonly #changed: StatsListener = (now, before) => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino && now.size === before.size) return;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(this.#onChange, SETTLE_MS);
  };
}
