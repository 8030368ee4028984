import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { NOTHING_TO_SPARE, type Spare, sparing } from "../journal/index.ts";
import { type OffsetRange, withOffset } from "./offset-ranges.ts";
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
  /** Where they are in between: exact, as long as there are few ranges. */
  readonly ranges: readonly OffsetRange[];
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
 * The rejects of one output: a file of JSON lines, appended to; a later line of the same id replaces an earlier one,
 * and `{"id":3,"dropped":true}` takes it away.
 * At most 10,000 entries and 16 MiB: the oldest make room, counted.
 */
export class RejectStore {
  readonly #path: string;
  readonly #onDropped: (entries: readonly RejectEntry[]) => Promise<void>;
  readonly #spare: Spare;
  readonly #entries = new Map<number, Kept>();
  /** The entry that takes the next of its like. */
  readonly #growing = new Map<string, number>();
  #entriesBytes = 0;
  #fileBytes = 0;
  /** The file's end is of no use: a write has failed, or nothing was written yet. */
  #torn = true;
  #nextId = 1;
  #evicted = 0;
  #turn: Promise<void> = Promise.resolve();

  private constructor(path: string, onDropped: (entries: readonly RejectEntry[]) => Promise<void>, spare: Spare) {
    this.#path = path;
    this.#onDropped = onDropped;
    this.#spare = spare;
  }

  /**
   * Opens the store of one output and reads what it holds; a torn last line is left out.
   * @param onDropped entries are gone from it for good; `drop` waits for that
   * @param spare asked for room when the disk is full
   */
  static async open(
    path: string,
    onDropped: (entries: readonly RejectEntry[]) => Promise<void> = async () => undefined,
    spare: Spare = NOTHING_TO_SPARE,
  ): Promise<RejectStore> {
    const store = new RejectStore(path, onDropped, spare);
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
    if (rejects.length > 0) await this.#inTurn(() => sparing(() => this.#add(rejects), this.#spare));
  }

  /** Forgets entries, those that are there; resolves once that is on disk. */
  async drop(ids: readonly number[]): Promise<void> {
    const dropped = await this.#inTurn(() => this.#drop(ids.filter((id) => this.#entries.has(id))));
    if (dropped.length > 0) await this.#onDropped(dropped);
  }

  /** The entry of an id, which takes no more rejects from now on: the next of its like begin another one. */
  async detach(id: number): Promise<RejectEntry | undefined> {
    return this.#inTurn(async () => {
      const entry = this.#entries.get(id)?.entry;
      if (entry !== undefined) this.#settle(entry);
      return entry;
    });
  }

  async #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(task);
    this.#turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  async #add(rejects: readonly Reject[]): Promise<void> {
    const changed = this.#merged(rejects);
    const lines = [...changed.values()].map(({ text }) => text);
    await this.#write(lines, () => [...new Map([...this.#entries, ...changed]).values()]);
    for (const kept of changed.values()) this.#set(kept);
  }

  async #drop(ids: readonly number[]): Promise<readonly RejectEntry[]> {
    const dropped = ids.flatMap((id) => this.#entries.get(id)?.entry ?? []);
    if (ids.length === 0) return dropped;
    await this.#write(ids.map(droppedLine), () =>
      [...this.#entries.values()].filter(({ entry }) => !ids.includes(entry.id)),
    );
    for (const id of ids) this.#forget(id);
    return dropped;
  }

  /** Adds lines to the file, or writes it anew from what it is to hold then. */
  async #write(added: readonly string[], whole: () => readonly Kept[]): Promise<void> {
    const lines = added.join("");
    const bytes = Buffer.byteLength(lines);
    const large = this.#fileBytes + bytes > SLACK.factor * this.#entriesBytes + SLACK.bytes;
    if (this.#torn || large) await this.#rewrite(whole());
    else await this.#append(lines, bytes);
  }

  /** The entries as they will be with these rejects, by their ids. */
  #merged(rejects: readonly Reject[]): Map<number, Kept> {
    const ids = new Map<string, number>();
    const entries = new Map<number, RejectEntry>();
    let nextId = this.#nextId;
    for (const reject of rejects) {
      const key = keyOf(reject);
      const id = ids.get(key) ?? this.#growing.get(key) ?? nextId++;
      ids.set(key, id);
      entries.set(id, merge(entries.get(id) ?? this.#entries.get(id)?.entry, reject, id));
    }
    return new Map([...entries].map(([id, entry]) => [id, keep(entry)]));
  }

  #set(kept: Kept): void {
    const { id } = kept.entry;
    this.#nextId = Math.max(this.#nextId, id + 1);
    this.#entriesBytes += kept.text.length - (this.#entries.get(id)?.text.length ?? 0);
    this.#entries.set(id, kept);
    this.#growing.set(keyOf(kept.entry), id);
    while (this.#entries.size > MAX_ENTRIES || this.#entriesBytes > MAX_BYTES) {
      const [oldest] = this.#entries.keys();
      if (oldest === undefined) break;
      this.#forget(oldest);
      this.#evicted += 1;
    }
  }

  #forget(id: number): void {
    const kept = this.#entries.get(id);
    if (kept === undefined) return;
    this.#entriesBytes -= kept.text.length;
    this.#entries.delete(id);
    this.#settle(kept.entry);
  }

  #settle(entry: RejectEntry): void {
    const key = keyOf(entry);
    if (this.#growing.get(key) === entry.id) this.#growing.delete(key);
  }

  async #append(lines: string, bytes: number): Promise<void> {
    this.#torn = true;
    await write(this.#path, "a", lines);
    this.#torn = false;
    this.#fileBytes += bytes;
  }

  async #rewrite(entries: readonly Kept[]): Promise<void> {
    const fresh = `${this.#path}.new`;
    // An id is not given again, also when its entry has gone.
    const given = this.#nextId > 1 ? droppedLine(this.#nextId - 1) : "";
    const lines = given + entries.map(({ text }) => text).join("");
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
      const entry = parseLine(line);
      if (entry === undefined) continue;
      if ("reason" in entry) this.#set(keep(entry));
      else {
        this.#nextId = Math.max(this.#nextId, entry.id + 1);
        this.#forget(entry.id);
      }
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
    ranges: withOffset(before?.ranges ?? [], offset),
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

function droppedLine(id: number): string {
  return `${JSON.stringify({ id, dropped: true })}\n`;
}

/** An entry, or the id of one that was dropped; undefined for a line that is neither. */
function parseLine(line: string): RejectEntry | { readonly id: number } | undefined {
  try {
    const entry = JSON.parse(line) as (Partial<RejectEntry> & { readonly dropped?: unknown }) | null;
    const { id, reason, first = 0, last = first, ranges = [[first, last]], dropped } = entry ?? {};
    if (typeof id !== "number") return undefined;
    if (dropped === true) return { id };
    return typeof reason === "string" ? ({ ...entry, ranges } as RejectEntry) : undefined;
  } catch {
    return undefined;
  }
}
