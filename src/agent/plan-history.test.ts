import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notePlan, type PlanLine } from "./plan-history.ts";

describe("the record of plans", () => {
  let path: string;
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), "fieldline-plans-")), "plans.jsonl");
  });
  afterEach(() => rm(join(path, ".."), { recursive: true }));

  const line = (plan: string, offset: number): PlanLine => ({
    at: "2026-11-22T10:00:00.000Z",
    offset,
    cursors: { influx: offset },
    plan,
    files: "f",
  });
  const plans = async () =>
    (await readFile(path, "utf8"))
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text) as PlanLine);

  it("has a line for each change, says where it begins, and is bounded", async () => {
    for (const [offset, plan] of ["a", "a", "b", "a"].entries()) await notePlan(path, line(plan, offset));
    expect(await plans()).toEqual([line("a", 0), line("b", 2), line("a", 3)]);
    const many = Array.from({ length: 1_100 }, (_, n) => `${JSON.stringify(line(`p${n}`, n))}\n`);
    await writeFile(path, many.join(""));
    await notePlan(path, line("last", 5_000));
    const kept = await plans();
    expect([kept.length, kept.at(-2)?.plan, kept.at(-1)?.plan]).toEqual([1_000, "p1099", "last"]);
  });

  it("survives a torn last line", async () => {
    await notePlan(path, line("a", 0));
    await writeFile(path, `${await readFile(path, "utf8")}{"plan`);
    await notePlan(path, line("b", 1));
    expect((await readFile(path, "utf8")).includes('"plan":"b"')).toBe(true);
  });
});
