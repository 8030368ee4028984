import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decodeLines, integerField } from "fieldline/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CreatedOutput, createOutput } from "../../../test/parts/create-output.ts";
import file from "./index.ts";

const signal = new AbortController().signal;
const outputs: CreatedOutput[] = [];
let folder = "";
let path = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldline-file-"));
  path = join(folder, "points.lp");
});

afterEach(async () => {
  for (const output of outputs.splice(0)) await output.close?.();
  await rm(folder, { recursive: true, force: true });
});

function create(tree: object = {}): CreatedOutput {
  const output = createOutput(file, { path, ...tree });
  outputs.push(output);
  return output;
}

async function content(name = "points.lp"): Promise<string> {
  return readFile(join(folder, name), "utf8");
}

describe("the file output", () => {
  it("adds whole lines to a file that only its owner and group read", async () => {
    await create().write(["m v=1 1", "m v=2 2"], signal);
    await create().write(["m v=3 3"], signal);
    expect(await content()).toBe("m v=1 1\nm v=2 2\nm v=3 3\n");
    expect((await stat(path)).mode & 0o027).toBe(0);
  });

  it("writes line protocol in the precision and with the integers it is told", async () => {
    const point = {
      measurement: "m",
      tags: new Map([["a", "b c"]]),
      fields: new Map([["n", integerField(7, "unsigned") ?? 0]]),
      time: { seconds: 1, nanos: 999_999_999 },
      offset: 0,
    };
    expect(create().encode(point)).toBe(String.raw`m,a=b\ c n=7u 1999999999`);
    expect(create({ precision: "ms", unsigned: "auto" }).encode(point)).toBe(String.raw`m,a=b\ c n=7i 1999`);
  });

  it("keeps batches apart that are in flight together", async () => {
    const output = create();
    const batches = Array.from({ length: 20 }, (_, n) => [`m n=${n} 1`, `m n=${n} 2`]);
    await Promise.all(batches.map(async (batch) => output.write(batch, signal)));
    expect(await content()).toBe(batches.map((batch) => `${batch.join("\n")}\n`).join(""));
  });

  it("makes a comment of a line that a crash cut, and glues nothing to it", async () => {
    await writeFile(path, "m v=1 1\nm v=107");
    const output = create();
    await output.write(["m v=107.25 2"], signal);
    expect(await content()).toBe("m v=1 1\n# m v=107\nm v=107.25 2\n");
    expect(decodeLines(await content()).lines).toHaveLength(2);
    expect(output.logged).toEqual([expect.stringContaining("warn the file ended within a line")]);
  });

  it("leaves a file without lines alone, and says so", async () => {
    const image = Buffer.alloc(17 * 2 ** 20, 1);
    await writeFile(path, image);
    const writing = create().write(["m v=1 1"], signal);
    await expect(writing).rejects.toMatchObject({ kind: "denied", message: expect.stringContaining("no line feed") });
    expect((await readFile(path)).equals(image)).toBe(true);
  });

  it("makes a comment of a cut line that is longer than a block, and of a file that is one cut line", async () => {
    const long = `m s="${"x".repeat(200_000)}`;
    await writeFile(path, `m v=1 1\n${long}`);
    await create().write(["m v=2 2"], signal);
    expect(await content()).toBe(`m v=1 1\n# ${long}\nm v=2 2\n`);
    await writeFile(path, long);
    await create().write(["m v=2 2"], signal);
    expect(await content()).toBe(`# ${long}\nm v=2 2\n`);
  });

  it("begins a new file when logrotate has moved or deleted the old one", async () => {
    const output = create();
    await output.write(["m v=1 1"], signal);
    await rename(path, join(folder, "old.lp"));
    await output.write(["m v=2 2"], signal);
    expect([await content("old.lp"), await content()]).toEqual(["m v=1 1\n", "m v=2 2\n"]);
    await rm(path);
    await output.write(["m v=3 3"], signal);
    expect(await content()).toBe("m v=3 3\n");
  });

  it("goes on with a file that was emptied in place, as copytruncate does", async () => {
    const output = create();
    await output.write(["m v=1 1"], signal);
    await writeFile(path, "");
    await output.write(["m v=2 2"], signal);
    expect(await content()).toBe("m v=2 2\n");
  });

  it("rotates full files and keeps as many as it is told", async () => {
    const output = create({ rotate: { max_size: "20B", keep: "2" } });
    for (let n = 1; n <= 8; n++) await output.write([`m v=${n} ${n}`], signal);
    expect((await readdir(folder)).toSorted()).toEqual(["points.lp", "points.lp.1", "points.lp.2"]);
    expect([await content("points.lp.2"), await content("points.lp.1"), await content()]).toEqual([
      "m v=3 3\nm v=4 4\n",
      "m v=5 5\nm v=6 6\n",
      "m v=7 7\nm v=8 8\n",
    ]);
  });

  it("writes a batch that is larger than a full file into a file of its own", async () => {
    const output = create({ rotate: { max_size: "10B" } });
    await output.write(["m v=1 1", "m v=2 2"], signal);
    await output.write(["m v=3 3", "m v=4 4"], signal);
    expect([await content("points.lp.1"), await content()]).toEqual(["m v=1 1\nm v=2 2\n", "m v=3 3\nm v=4 4\n"]);
  });

  it("takes back what a full disk took of a batch, and goes on once there is room", async () => {
    const hooks = fileURLToPath(new URL("../../../test/parts/source-hooks.ts", import.meta.url));
    const script = fileURLToPath(new URL("append.child.ts", import.meta.url));
    const run = async (limit: string, ...args: string[]) => {
      const shell = [
        "-c",
        `ulimit -f ${limit}; exec "$0" "$@"`,
        process.execPath,
        "--import",
        hooks,
        script,
        path,
        ...args,
      ];
      return (await promisify(execFile)("sh", shell)).stdout.trim().split("\n");
    };
    // 8 blocks of 512 bytes hold two batches of about 2,000 bytes, and a part of the third.
    const said = await run("8", "3", "100");
    const full = `unavailable: cannot write ${path}: the file is as large as the system allows: move it away (EFBIG)`;
    expect(said).toEqual(["done", "done", full]);
    const before = await content();
    expect(before.endsWith("\n")).toBe(true);
    expect(before.split("\n")).toHaveLength(201);
    expect(await run("unlimited", "1", "1")).toEqual(["done"]);
    expect(await content()).toBe(`${before}m,batch=0 n=0i 1\n`);
  });

  it("follows a symbolic link", async () => {
    await writeFile(join(folder, "real.lp"), "");
    await symlink("real.lp", path);
    const output = create();
    await output.write(["m v=1 1"], signal);
    await output.write(["m v=2 2"], signal);
    expect(await content("real.lp")).toBe("m v=1 1\nm v=2 2\n");
  });

  it("says what to do when the folder is missing, and writes once it is there", async () => {
    path = join(folder, "missing", "points.lp");
    const output = create();
    const error = { kind: "denied", message: `cannot write ${path}: create its folder first (ENOENT)` };
    await expect(output.write(["m v=1 1"], signal)).rejects.toMatchObject(error);
    await mkdir(join(folder, "missing"));
    await output.write(["m v=1 1"], signal);
    expect(await readFile(path, "utf8")).toBe("m v=1 1\n");
  });

  it("refuses what is no regular file instead of waiting for its reader", async () => {
    await promisify(execFile)("mkfifo", [path]);
    await expect(create().write(["m v=1 1"], signal)).rejects.toMatchObject({
      kind: "denied",
      message: `cannot write ${path}: it is no regular file; give the path of one`,
    });
  });

  it("writes nothing once it is called off", async () => {
    await expect(create().write(["m v=1 1"], AbortSignal.abort())).rejects.toMatchObject({ kind: "unavailable" });
    expect(await readdir(folder)).toEqual([]);
  });
});
