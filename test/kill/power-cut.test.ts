import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../parts/cleanup.ts";
import { randomFrom } from "./faults.ts";
import { powerCut } from "./power-cut.ts";

const run = promisify(execFile);

/** Writes as a program may: with a sync of the file, of the directory, of both or of none. */
const WRITER = `
import { mkdir, open, rename } from "node:fs/promises";
const write = async (path, text, { file, directory }) => {
  const handle = await open(path, "w");
  await handle.writeFile(text);
  if (file) await handle.datasync();
  await handle.close();
  if (directory) await syncDirectory();
};
const syncDirectory = async () => {
  const handle = await open(".", "r");
  await handle.sync();
  await handle.close();
};
await write("kept", "old", { file: true, directory: true });
await write("both", "x".repeat(5000), { file: true, directory: true });
await write("name", "x".repeat(5000), { file: false, directory: true });
await write("bytes", "bytes", { file: true });
await write("kept.new", "new", { file: true });
await rename("kept.new", "kept");
await mkdir("folder");
`;

describe("a power cut", () => {
  const { after } = removeAfterEach();

  /** What is there after the writer and a power cut, by name. */
  async function afterCut(folder: string, seed: number): Promise<Record<string, string>> {
    const [root, disk] = [join(folder, `root-${seed}`), join(folder, `disk-${seed}`)];
    await mkdir(root);
    const child = pathToFileURL(join(import.meta.dirname, "power-loss.child.ts")).href;
    await run(process.execPath, ["--import", child, "--input-type=module", "--eval", WRITER], {
      cwd: root,
      env: { ...process.env, POWER_LOSS_ROOT: root, POWER_LOSS_DISK: disk },
    });
    await powerCut(root, disk, randomFrom(seed));
    const entries = await readdir(root, { withFileTypes: true });
    const contents = entries.map(async ({ name, parentPath }) => [
      name,
      await readFile(join(parentPath, name), "utf8").catch(() => "a folder"),
    ]);
    return Object.fromEntries((await Promise.all(contents)) as [string, string][]);
  }

  it("leaves what was synced, and takes, tears or leaves what was not, names too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-cut-"));
    after(() => rm(folder, { recursive: true }));
    const left: Record<string, string>[] = [];
    for (let seed = 1; seed <= 16; seed++) left.push(await afterCut(folder, seed));

    const outcomes = (name: string) => new Set(left.map((files) => files[name]));
    expect(outcomes("both")).toEqual(new Set(["x".repeat(5000)]));
    expect(outcomes("kept")).toEqual(new Set(["old", "new"]));
    expect(outcomes("bytes")).toEqual(new Set(["bytes", undefined]));
    expect(outcomes("folder")).toEqual(new Set(["a folder", undefined]));
    expect(outcomes("name")).not.toContain(undefined);
    expect(outcomes("name").size).toBeGreaterThan(3);
  }, 60_000);
});
