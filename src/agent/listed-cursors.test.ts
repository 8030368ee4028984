import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadPlan } from "../config/index.ts";
import { CursorStore, Journal } from "../journal/index.ts";
import { dataDirectory } from "./data-directory.ts";
import { askCursors } from "./listed-cursors.ts";

it("counts of an output what it has delivered neither before its cursor nor beyond it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-cursors-"));
  try {
    const { plan } = await loadPlan(join(folder, "fieldline.yaml"), {
      text: "version: 1\ninputs: { pipe: { type: stdin } }\noutputs: { a: { type: stdout, required: false } }\n",
    });
    if (plan === undefined) throw new Error("the configuration is wrong");
    const { journal: directory, cursors } = dataDirectory(plan.agent.dataDir);
    const options = {
      durability: "disk",
      syncWithinMs: 1,
      maxSize: 2 ** 20,
      maxAgeMs: 1e9,
      whenFull: "block",
    } as const;
    const journal = await Journal.open({ ...options, directory });
    const time = { seconds: 1_790_000_000, nanos: 0 };
    for (let n = 0; n < 8; n++)
      await journal.append("pipe", [{ channel: "stdin", payload: Buffer.from("m n=1"), time }]);
    await journal.mark("stop", time);
    await journal.close();
    const store = await CursorStore.open(cursors);
    await store.save("a", { offset: 1, delivered: [[3, 5]], state: { sum: 1 } });
    await store.save("done", { offset: 8 });
    await store.save("bad", { offset: 8 });
    await writeFile(join(cursors, "bad.json"), "{");
    const lines: object[] = [];
    for await (const line of askCursors(plan, AbortSignal.timeout(20_000))) lines.push(line);
    const nothing = { offset: undefined, lag: undefined, time: undefined };
    const gone = { required: undefined, paused: false, stateBytes: 0 };
    expect(lines).toEqual([
      {
        cursors: [
          { output: "a", offset: 1, lag: 6, time, required: false, paused: false, stateBytes: 9, damaged: false },
          { output: "bad", ...nothing, ...gone, damaged: true },
          { output: "done", offset: 8, lag: 0, time: undefined, ...gone, damaged: false },
        ],
      },
      { done: true },
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
