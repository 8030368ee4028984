import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RejectStore } from "../pipeline/index.ts";
import { dataDirectory, rejectsFile } from "./data-directory.ts";
import { KeptRejects } from "./kept-rejects.ts";
import { answerRejects, type RejectsRequest } from "./rejects.ts";

describe("rejects of an output that the configuration has no longer", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fieldline-rejects-"));
    const store = await RejectStore.open(rejectsFile(dataDirectory(root), "gone"));
    await store.add([{ step: "decode", input: "grill", channel: "bbq/1", reason: "no number", offset: 3 }]);
  });
  afterEach(() => rm(root, { recursive: true }));

  const ask = async (action: RejectsRequest["action"], output = "gone") => {
    const journal = { begin: 0, read: async (at: number) => ({ entries: [], next: at, bytes: 0 }) };
    const place = { kept: await KeptRejects.open(dataDirectory(root)), journal, outputs: [] };
    const request = { command: "rejects", action, output, id: 1 } as const;
    const lines: object[] = [];
    for await (const line of answerRejects(request, place, new AbortController().signal)) lines.push(line);
    return lines;
  };

  it("are listed, shown and dropped, and kept when they are to be retried", async () => {
    const entry = { output: "gone", id: 1, count: 1, reason: "no number" };
    expect(await ask("list")).toMatchObject([{ entry }, { done: true }]);
    expect(await ask("show")).toMatchObject([{ entry }, { done: true }]);
    expect(await ask("retry")).toMatchObject([
      { problem: expect.stringContaining('has no output "gone" any more: gone/1 is kept'), wrong: true },
      { done: true },
    ]);
    expect(await ask("drop")).toMatchObject([{ dropped: entry }, { done: true }]);
    expect(await ask("list")).toMatchObject([
      { problem: expect.stringContaining("gone/1"), wrong: true },
      { done: true },
    ]);
  });

  it("are asked for by a name: the nearest is told", async () => {
    const problem = 'there is no entry gon/1; did you mean "gone"?; see fieldline rejects list';
    for (const action of ["show", "retry", "drop"] as const)
      expect(await ask(action, "gon")).toEqual([{ problem, wrong: true }, { done: true }]);
  });
});
