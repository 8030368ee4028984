import type { State, Stateful } from "../plugin/index.ts";
import { reasonOf } from "../plugin/index.ts";

/** What a chain remembers, by step. */
export type ChainState = Readonly<Record<string, State>>;

/** A part of a chain that remembers something. */
export interface Remembering {
  /** Names the part and its settings: what it remembered is of use only to the same one. */
  readonly key: string;
  /** As a person knows it. */
  readonly name: string;
  readonly part: Stateful;
}

/** What one step may remember, as JSON. */
const MOST_BYTES = 16 * 2 ** 20;

/** What the parts remember. One whose state cannot be kept is left out, and named in `problems`. */
export function saveParts(parts: readonly Remembering[]): {
  readonly steps: ChainState;
  readonly problems: readonly Error[];
} {
  const steps: Record<string, State> = {};
  const problems: Error[] = [];
  for (const { key, name, part } of parts) {
    try {
      // A copy: it is written later, while the part goes on.
      steps[key] = JSON.parse(textOf(part.save?.()));
    } catch (error) {
      problems.push(new Error(`${name}: ${reasonOf(error)}`, { cause: error }));
    }
  }
  return { steps, problems };
}

function textOf(state: State): string {
  const text = JSON.stringify(state) as string | undefined;
  if (text === undefined) throw new Error("what it remembers is no JSON: after a restart it begins with its lookback");
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_BYTES) return text;
  throw new Error(
    `what it remembers has ${bytes} bytes, more than ${MOST_BYTES}: after a restart it begins with its lookback; let it see fewer series, or remember them for a shorter time`,
  );
}

/**
 * Gives the parts back what they remembered.
 * @param except keys of parts that are left as they are
 * @returns the keys of those for which there was nothing, or nothing that they could use
 */
export function restoreParts(
  parts: readonly Remembering[],
  steps: ChainState,
  except: ReadonlySet<string>,
): ReadonlySet<string> {
  const missing = new Set<string>();
  for (const { key, part } of parts) {
    if (except.has(key)) continue;
    try {
      if (Object.hasOwn(steps, key)) part.restore?.(steps[key]);
      else missing.add(key);
    } catch {
      // Written by another version of the plugin.
      missing.add(key);
    }
  }
  return missing;
}
