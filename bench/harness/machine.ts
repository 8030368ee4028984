import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";

/** Where and with what figures were measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** This package and those whose speed is part of the figures. */
  readonly versions: Readonly<Record<string, string>>;
  /** YYYY-MM-DD */
  readonly date: string;
}

const PACKAGES = ["mqtt", "undici", "serialport"];

export function thisMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.versions.node,
    versions: {
      fieldline: versionIn("package.json"),
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionIn(`node_modules/${name}/package.json`)])),
    },
    date: new Date().toISOString().slice(0, 10),
  };
}

function versionIn(path: string): string {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
