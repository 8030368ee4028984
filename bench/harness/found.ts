import { readdirSync } from "node:fs";
import type { Benchmark } from "./benchmark.ts";

const FOLDER = new URL("../benchmarks/", import.meta.url);

/** The names of all benchmarks: their files. */
export function benchmarkNames(): string[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".ts"));
  return files.map((file) => file.slice(0, -".ts".length)).toSorted();
}

/** @throws Error when there is none of that name, naming those that there are */
export async function loadBenchmark(name: string): Promise<Benchmark> {
  const names = benchmarkNames();
  if (!names.includes(name)) throw new Error(`there is no benchmark ${name}; there are ${names.join(", ")}`);
  return ((await import(new URL(`${name}.ts`, FOLDER).href)) as { readonly default: Benchmark }).default;
}
