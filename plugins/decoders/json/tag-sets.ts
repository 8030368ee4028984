import { NO_TAGS, type Tags } from "fieldline/plugin";
import type { PointLayout } from "./layout.ts";
import { type Scalar, textOf } from "./scalar.ts";

/** A power of two. */
const PLACES = 1_024;
/** What has more characters in all is not held: senders may make up values that never come again. */
const LONGEST = 256;

/**
 * The tags of points of one layout. The same values mostly give the same map, so that what is derived from a series'
 * tags need not be made anew for each point. It holds the last map of each of a fixed number of places.
 */
export class TagSets {
  readonly #sets: (Tags | undefined)[] = [];

  /** @returns undefined when a tag is a list or map */
  of(tags: PointLayout["tags"], values: readonly (Scalar | null)[]): Tags | undefined {
    if (tags.length === 0) return NO_TAGS;
    let hash = 0;
    for (const { slot } of tags) {
      if (slot === undefined) return undefined;
      hash = hashOf(values[slot] ?? null, hash);
    }
    const place = (hash ^ (hash >>> 12)) & (PLACES - 1);
    const known = this.#sets[place];
    if (known !== undefined && isSet(known, tags, values)) return known;
    const made = setOf(tags, values);
    if (lengthOf(made) <= LONGEST) this.#sets[place] = made;
    return made;
  }
}

function hashOf(value: Scalar | null, before: number): number {
  let hash = Math.imul(before, 31) + 1;
  if (typeof value === "number") return (hash + value * 31) | 0;
  if (typeof value !== "string") return hash;
  for (let index = 0; index < value.length; index++) hash = (Math.imul(hash, 31) + value.charCodeAt(index)) | 0;
  return hash;
}

function isSet(known: Tags, tags: PointLayout["tags"], values: readonly (Scalar | null)[]): boolean {
  let size = 0;
  for (const { name, slot = 0 } of tags) {
    const value = values[slot] ?? null;
    if (value === null) continue;
    size += 1;
    const text = known.get(name);
    if (text !== value && text !== textOf(value)) return false;
  }
  return size === known.size;
}

function setOf(tags: PointLayout["tags"], values: readonly (Scalar | null)[]): Tags {
  const set = new Map<string, string>();
  for (const { name, slot = 0 } of tags) {
    const value = values[slot] ?? null;
    if (value !== null) set.set(name, textOf(value));
  }
  return set;
}

function lengthOf(set: Tags): number {
  let length = 0;
  for (const text of set.values()) length += text.length;
  return length;
}
