import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../../../test/parts/program.ts";

const hooks = fileURLToPath(new URL("../../../test/parts/source-hooks.ts", import.meta.url));
const script = fileURLToPath(new URL("print.child.ts", import.meta.url));
const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Printing {
  readonly child: ChildProcess;
  /** What it said on standard error, line by line. */
  readonly said: () => string[];
  /** Its exit status. */
  readonly end: Promise<number | null>;
}

/** Runs print.child.ts; `command` is put before it by a shell, as `ulimit` needs. */
function print(args: readonly number[], stdout: "pipe" | number = "pipe", command = ""): Printing {
  const line = `${command} exec "$0" --import "$1" "$2" ${args.join(" ")}`;
  const child = spawn("sh", ["-c", line, process.execPath, hooks, script], { stdio: ["ignore", stdout, "pipe"] });
  cleanups.push(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const end = once(child, "close").then(([status]) => status as number | null);
  return { child, said: () => said.split("\n").filter((text) => text !== "" && !text.includes("Warning")), end };
}

function numbered(count: number): string {
  return Array.from({ length: count }, (_, n) => `m n=${n}i ${n + 1}\n`).join("");
}

describe("the stdout output", () => {
  it("prints every line to a pipe, in order", async () => {
    const { child, said, end } = print([3, 1000]);
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    expect(await end).toBe(0);
    expect(said().slice(0, 3)).toEqual(["done", "done", "done"]);
    expect(printed).toBe(numbered(3000));
  });

  it("waits for a slow reader, holds up nothing else, and doubles nothing that was called off", async () => {
    const { child, said, end } = print([2, 20_000, 50]);
    await until("a write to be called off", () => said().length >= 3);
    expect(new Set(said())).toEqual(new Set(["unavailable: standard output has not been read in time"]));
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    expect(await end).toBe(0);
    expect(said().filter((text) => text === "done")).toHaveLength(2);
    expect(printed).toBe(numbered(40_000));
  });

  it("says that nobody reads any more when the reader has gone, and does not end the process", async () => {
    const { child, said, end } = print([3, 50_000]);
    child.stdout?.destroy();
    expect(await end).toBe(0);
    const gone = "gone: nobody reads standard output any more: start again with a reader";
    expect(said().slice(0, 3)).toEqual([gone, gone, gone]);
  });

  it("goes on in the middle of a line when standard output is a file that was full", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-stdout-"));
    cleanups.push(async () => rm(folder, { recursive: true }));
    const path = join(folder, "out.lp");
    const file = await open(path, "w");
    cleanups.push(async () => file.close());
    // Half of what is printed fits: 64 blocks of 512 bytes. The limit is soft, so that it can be lifted again.
    const { child, said, end } = print([1, 4000], file.fd, "ulimit -Sf 64;");
    await until("the file to be full", () => said().some((text) => text.includes("EFBIG")));
    expect((await readFile(path)).length).toBe(64 * 512);
    const prlimit = spawn("prlimit", [`--pid=${child.pid}`, "--fsize=unlimited"]);
    expect((await once(prlimit, "close"))[0]).toBe(0);
    expect(await end).toBe(0);
    expect(said().at(-1)).toBe("done");
    expect(await readFile(path, "utf8")).toBe(numbered(4000));
  });
});
