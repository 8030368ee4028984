import { mkdir, open, readFile, rename } from "node:fs/promises";
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
/** What the entries may take as JSON lines. */
const MAX_BYTES = 16 * 2 ** 20;
/** The file is written anew when it is larger than the entries by this factor and some. */
const SLACK = { factor: 2, bytes: 4 * 2 ** 20 };
/** What is kept of a reason and of a point, in characters. */
const MAX_TEXT = 4_096;

interface Kept {
  readonly entry: RejectEntry;
  readonly text: string;
}

/**
 * The rejects of one output: a file of JSON lines, appended to; a later line of the same id replaces an earlier one.
 * At most 10,000 entries and 16 MiB: the oldest make room, counted.
 */
export class RejectStore {
  readonly #path: string;
  readonly #entries = new Map<string, Kept>();
  #entriesBytes = 0;
  #fileBytes = 0;
  /** The file's end is of no use: a write has failed, or nothing was written yet. */
  #torn = true;
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
    await syncDirectory(dirname(dirname(path)));
    await store.#load();
    return store;
  }

  /** Entries, the oldest first. */
  get entries(): readonly RejectEntry[] {
    return [...this.#entries.values()].map(({ entry }) => entry);
  }

  /** How many entries made room for newer ones since the start. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Resolves once the rejects are on disk. Those of a call that throws count for nothing: add them again. */
  async add(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const written = this.#turn.then(() => this.#add(rejects));
    this.#turn = written.catch(() => undefined);
    await written;
  }

  async #add(rejects: readonly Reject[]): Promise<void> {
    const changed = this.#merged(rejects);
    const lines = [...changed.values()].map(({ text }) => text).join("");
    const bytes = Buffer.byteLength(lines);
    const large = this.#fileBytes + bytes > SLACK.factor * this.#entriesBytes + SLACK.bytes;
    if (this.#torn || large) await this.#rewrite([...new Map([...this.#entries, ...changed]).values()]);
    else await this.#append(lines, bytes);
    for (const [key, kept] of changed) this.#set(key, kept);
  }

  /** The entries as they will be with these rejects, by their keys. */
  #merged(rejects: readonly Reject[]): Map<string, Kept> {
    const entries = new Map<string, RejectEntry>();
    let nextId = this.#nextId;
    for (const reject of rejects) {
      const key = keyOf(reject);
      const before = entries.get(key) ?? this.#entries.get(key)?.entry;
      entries.set(key, merge(before, reject, before?.id ?? nextId++));
    }
    return new Map([...entries].map(([key, entry]) => [key, keep(entry)]));
  }

  #set(key: string, kept: Kept): void {
    this.#nextId = Math.max(this.#nextId, kept.entry.id + 1);
    this.#entriesBytes += kept.text.length - (this.#entries.get(key)?.text.length ?? 0);
    this.#entries.set(key, kept);
    while (this.#entries.size > MAX_ENTRIES || this.#entriesBytes > MAX_BYTES) {
      const [oldest] = this.#entries;
      if (oldest === undefined) break;
      this.#entriesBytes -= oldest[1].text.length;
      this.#entries.delete(oldest[0]);
      this.#evicted += 1;
    }
  }

  async #append(lines: string, bytes: number): Promise<void> {
    this.#torn = true;
    await write(this.#path, "a", lines);
    this.#torn = false;
    this.#fileBytes += bytes;
  }

  async #rewrite(entries: readonly Kept[]): Promise<void> {
    const fresh = `${this.#path}.new`;
    const lines = entries.map(({ text }) => text).join("");
    await write(fresh, "w", lines);
    await rename(fresh, this.#path);
    await syncDirectory(dirname(this.#path));
    this.#torn = false;
    this.#fileBytes = Buffer.byteLength(lines);
  }

  async #load(): Promise<void> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    for (const line of text.split("\n")) {
      const entry = parseEntry(line);
      if (entry !== undefined) this.#set(keyOf(entry), keep(entry));
    }
    this.#fileBytes = Buffer.byteLength(text);
    this.#torn = !text.endsWith("\n");
    this.#evicted = 0;
  }
}

async function write(path: string, flags: "a" | "w", text: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A file that was made or renamed survives a power cut only once its directory is synced. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function merge(before: RejectEntry | undefined, reject: Reject, id: number): RejectEntry {
  const { step, input, channel, offset } = reject;
  return {
    id,
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
}

function keep(entry: RejectEntry): Kept {
  return { entry, text: `${JSON.stringify(entry)}\n` };
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
