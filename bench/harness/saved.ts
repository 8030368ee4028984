import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Machine, nodeMajor, thisMachine } from "./machine.ts";
import type { Finished } from "./run-benchmarks.ts";

/** What a benchmark gave, and how it was run. */
export interface Saved extends Finished {
  readonly machine: Machine;
  readonly short: boolean;
  readonly rounds: number;
}

const RESULTS = join(import.meta.dirname, "../results");

export function savedOf(
  finished: Finished,
  { short, rounds }: { readonly short: boolean; readonly rounds: number },
): Saved {
  return { ...finished, short, rounds, machine: thisMachine() };
}

/** Keeps a result as bench/results/NODE/NAME.json, a short form's as NAME.short.json. */
export function save(saved: Saved): void {
  const folder = folderOf();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${saved.name}${saved.short ? ".short" : ""}.json`), jsonOf(saved));
}

/** The results that were kept of full runs under this major version of Node, by name. */
export function allSaved(): Saved[] {
  const files = readdirSync(folderOf()).filter((file) => !file.endsWith(".short.json"));
  return files.toSorted().map((file) => JSON.parse(readFileSync(join(folderOf(), file), "utf8")) as Saved);
}

export function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function folderOf(): string {
  return join(RESULTS, `node-${nodeMajor(process.versions.node)}`);
}
