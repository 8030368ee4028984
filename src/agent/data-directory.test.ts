import { mkdtemp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataDirectory, inputMemory, makeDataDirectory } from "./data-directory.ts";

describe("data directory", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fieldline-data-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  it("gives an input back what it saved, and nothing for a damaged file", async () => {
    const directory = dataDirectory(root);
    const memory = inputMemory(directory, "grill");
    expect(await memory.load()).toBeUndefined();
    await memory.save({ clientId: "x" });
    await memory.save({ clientId: "y" });
    expect(await inputMemory(directory, "grill").load()).toEqual({ clientId: "y" });
    expect(await readdir(directory.inputs)).toEqual(["grill.json"]);
    await writeFile(join(directory.inputs, "grill.json"), '{"clie');
    expect(await memory.load()).toBeUndefined();
  });

  it("does not take a memory that cannot be read for none", async () => {
    const directory = dataDirectory(root);
    await mkdir(join(directory.inputs, "grill.json"), { recursive: true });
    const memory = inputMemory(directory, "grill");
    await expect(memory.load()).rejects.toThrow("EISDIR");
    await expect(memory.save(1)).rejects.toThrow("EISDIR");
    expect(await readdir(directory.inputs)).toEqual(["grill.json"]);
  });

  it("says what to do about a folder that cannot be made or is too deep for a socket", async () => {
    await writeFile(join(root, "file"), "");
    await expect(makeDataDirectory(dataDirectory(join(root, "file/data")))).rejects.toThrow("set agent.data_dir");
    await expect(makeDataDirectory(dataDirectory(join(root, "x".repeat(100))))).rejects.toThrow("too long");
    // Where the system lets nobody make anything; a recursive mkdir of Node never ends there.
    await expect(makeDataDirectory(dataDirectory("/proc/fieldline/data"))).rejects.toThrow("set agent.data_dir");
  });
});
