import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { diskFolder } from "./disk-folder.ts";
import { spreadOf } from "./spread.ts";

/** Where and with what figures were measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** How long an fdatasync takes after 4 KiB were appended, the median in milliseconds. */
  readonly syncMs: number;
  readonly node: string;
  /** This package and those whose speed is part of the figures. */
  readonly versions: Readonly<Record<string, string>>;
  /** YYYY-MM-DD */
  readonly date: string;
}

const PACKAGES = ["mqtt", "undici", "serialport"];
const SYNCS = 51;

let machine: Machine | undefined;

/** What this process runs on; found out once. */
export function thisMachine(): Machine {
  const cores = cpus();
  machine ??= {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    syncMs: syncMs(),
    node: process.versions.node,
    versions: {
      fieldline: versionIn("package.json"),
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionIn(`node_modules/${name}/package.json`)])),
    },
    date: new Date().toISOString().slice(0, 10),
  };
  return machine;
}

/** 24 of "24.1.0". */
export function nodeMajor(version: string): number {
  return Number(version.split(".")[0]);
}

function versionIn(path: string): string {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

function syncMs(): number {
  const { path } = diskFolder();
  const file = openSync(join(path, "sync"), "a");
  const block = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: SYNCS }, () => {
    writeSync(file, block);
    const begun = performance.now();
    fdatasyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  rmSync(path, { recursive: true });
  return Number(spreadOf(times).median.toPrecision(2));
}
