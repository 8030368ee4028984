import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Reject } from "./reject.ts";

/** Like rejects (step, input, channel, reason) of one output, as one. */
export interface RejectEntry {
  readonly id: number;
  readonly step: string;
  readonly input: string;
  readonly channel: string;
  readonly reason: string;
  /** The offsets of the first and the last of them. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** The latest point among them, where there was one. */
  readonly line?: string | undefined;
  /** When the latest came, in milliseconds since 1970. */
  readonly at: number;
}

const MAX_ENTRIES = 10_000;
/** The file is written anew when it has this many lines more than there are entries. */
const SLACK_LINES = 20_000;
/** What is kept of a reason and of a point. */
const MAX_TEXT = 4_096;

/**
 * The rejects of one output: a file of JSON lines, appended to; a later line of the same id replaces an earlier one.
 * At most 10,000 entries: the oldest make room, counted.
 */
export class RejectStore {
  readonly #path: string;
  readonly #entries = new Map<string, RejectEntry>();
  #lines = 0;
  #nextId = 1;
  #evicted = 0;
  #turn: Promise<void> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens the store of one output and reads what it holds; a torn last line is left out. */
  static async open(path: string): Promise<RejectStore> {
    const store = new RejectStore(path);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await store.#load();
    return store;
  }

  /** Entries, the oldest first. */
  get entries(): readonly RejectEntry[] {
    return [...this.#entries.values()];
  }

  /** How many entries made room for newer ones since the start. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Resolves once the rejects are on disk. */
  async add(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const changed = new Map<string, RejectEntry>();
    for (const reject of rejects) changed.set(keyOf(reject), this.#merge(reject));
    const text = [...changed.values()].map((entry) => `${JSON.stringify(entry)}\n`).join("");
    this.#lines += changed.size;
    const written = this.#turn.then(() =>
      this.#lines > MAX_ENTRIES + SLACK_LINES ? this.#rewrite() : this.#append(text),
    );
    this.#turn = written.catch(() => undefined);
    await written;
  }

  #merge(reject: Reject): RejectEntry {
    const { step, input, channel, offset } = reject;
    const key = keyOf(reject);
    const before = this.#entries.get(key);
    const entry: RejectEntry = {
      id: before?.id ?? this.#nextId++,
      step,
      input,
      channel,
      reason: reject.reason.slice(0, MAX_TEXT),
      first: Math.min(before?.first ?? offset, offset),
      last: Math.max(before?.last ?? offset, offset),
      count: (before?.count ?? 0) + 1,
      line: reject.line?.slice(0, MAX_TEXT) ?? before?.line,
      at: Date.now(),
    };
    this.#set(key, entry);
    return entry;
  }

  #set(key: string, entry: RejectEntry): void {
    this.#entries.set(key, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#evicted += 1;
  }

  async #append(text: string): Promise<void> {
    const file = await open(this.#path, "a", 0o600);
    try {
      await file.appendFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #rewrite(): Promise<void> {
    const fresh = `${this.#path}.new`;
    await rm(fresh, { force: true });
    const entries = this.entries;
    const file = await open(fresh, "wx", 0o600);
    try {
      await file.writeFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.#path);
    this.#lines = entries.length;
  }

  async #load(): Promise<void> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    const complete = text.slice(0, text.lastIndexOf("\n") + 1);
    for (const line of complete.split("\n")) {
      const entry = parseEntry(line);
      if (entry === undefined) continue;
      this.#set(keyOf(entry), entry);
      this.#nextId = Math.max(this.#nextId, entry.id + 1);
      this.#lines += 1;
    }
    if (complete.length < text.length) await this.#rewrite();
  }
}

function keyOf({ step, input, channel, reason }: Pick<Reject, "step" | "input" | "channel" | "reason">): string {
  return JSON.stringify([step, input, channel, reason.slice(0, MAX_TEXT)]);
}

function parseEntry(line: string): RejectEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<RejectEntry> | null;
    return typeof entry?.id === "number" && typeof entry.reason === "string" ? (entry as RejectEntry) : undefined;
  } catch {
    return undefined;
  }
}
