import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changeFiles } from "./change-files.ts";
import { dataDirectory } from "./data-directory.ts";

describe("a command that changes files of a data directory", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fieldline-change-"));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(root, { recursive: true });
  });

  it("is refused to another user than the agent's, who could not read them", async () => {
    const directory = dataDirectory(root);
    await mkdir(directory.cursors);
    expect(await changeFiles(directory, async () => "changed")).toBe("changed");
    const user = process.geteuid?.() ?? 0;
    vi.spyOn(process, "geteuid").mockReturnValue(user + 1);
    await expect(changeFiles(directory, async () => "changed")).rejects.toThrow(
      `runs as user ${user} and could not read what user ${user + 1} writes there: run this as that user, such as with sudo -u '#${user}'`,
    );
    expect(await readdir(root)).toEqual(["cursors"]);
  });
});
