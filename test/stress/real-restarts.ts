import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal } from "../../src/journal/index.ts";
import { randomFrom } from "../kill/faults.ts";
import { arrivals, numbersOf, readAll } from "../parts/journal.ts";

export interface RestartOptions {
  /** The same seed makes the same restarts. */
  readonly seed: number;
  readonly restarts: number;
  readonly signal?: AbortSignal;
}

/**
 * Appends to a journal in real files, and again and again opens it anew: after a close, or as a kill would leave it,
 * which is a copy of its files in the midst of writing. All that was acknowledged must be there each time.
 * @throws Error that names the seed, the restart and what is missing; the signal's reason
 */
export async function restartRealJournal({ seed, restarts, signal }: RestartOptions): Promise<{ readings: number }> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-stress-"));
  const random = randomFrom(seed);
  const acknowledged = new Set<number>();
  let appended = 0;
  try {
    for (let restart = 0; restart < restarts; restart++) {
      signal?.throwIfAborted();
      const journal = await open(join(folder, String(restart)));
      const next = join(folder, String(restart + 1));
      const found = new Set(numbersOf(await readAll(journal)));
      const missing = [...acknowledged].filter((number) => !found.has(number));
      if (missing.length > 0)
        throw new Error(
          `seed ${seed}, restart ${restart}: ${missing.length} are missing, ${missing.slice(0, 5).join(", ")}`,
        );
      for (let groups = Math.floor(random() * 12); groups > 0; groups--) {
        const [first, count] = [appended, 1 + Math.floor(random() * 20)];
        appended += count;
        const durable = journal.append("stress", arrivals(first, count, 8 + Math.floor(random() * 200)), {
          senderWaits: true,
        });
        const noted = durable.then(() => {
          for (let number = first; number < first + count; number++) acknowledged.add(number);
        });
        if (random() < 0.7) await noted;
      }
      const kill = random() < 0.5;
      const known = new Set(acknowledged);
      if (kill) await cp(join(folder, String(restart)), next, { recursive: true });
      await journal.close();
      if (kill) replace(acknowledged, known);
      else await cp(join(folder, String(restart)), next, { recursive: true });
      await rm(join(folder, String(restart)), { recursive: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { readings: acknowledged.size };
}

/** After a kill nobody heard of what was acknowledged later. */
function replace(acknowledged: Set<number>, known: ReadonlySet<number>): void {
  for (const number of acknowledged) if (!known.has(number)) acknowledged.delete(number);
}

function open(directory: string): Promise<Journal> {
  return Journal.open({
    directory,
    durability: "disk",
    syncWithinMs: 1_000,
    maxSize: 64 * 1024 * 1024,
    segmentSize: 4_096,
    maxAgeMs: 1e12,
    whenFull: "block",
  });
}
