import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { type Framing, group, type InputContext, validate } from "fieldline/plugin";
import { afterEach, describe, expect, it } from "vitest";
import { type InputRun, runInput } from "../../../test/parts/input-run.ts";
import { until } from "../../../test/parts/program.ts";
import plugin from "./index.ts";
import { StdinInput } from "./stdin-input.ts";

const LINES: Framing = { type: "lines", maxFrame: 65_536 };
const LINE: Framing = { type: "line", maxFrame: 65_536 };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Runs the input over a stream, with a journal that syncs when it is told to. */
function start(framing: Framing, stream: Readable, sync?: () => Promise<void>): InputRun {
  return runInput((context) => new StdinInput(framing, context, () => stream), sync);
}

/** The output of a program, through a real pipe. */
function pipe(command: string, ...args: string[]): Readable {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  ends.push(() => child.kill());
  return child.stdout;
}

describe("the input stdin", () => {
  it("ends when the pipe does, with its last line though it lacks a newline", async () => {
    const { ended, texts, options, arrivals } = start(LINES, pipe("printf", "a v=1\\nb v=2\\nc v=3"));
    await ended;
    expect(texts().join("\n")).toBe("a v=1\nb v=2\nc v=3");
    expect(options.at(-1)).toMatchObject({ senderWaits: true });
    expect(arrivals.every(({ channel }) => channel === "stdin")).toBe(true);
  });

  it("takes many lines together, all of them, in order", async () => {
    const { ended, texts } = start(LINES, pipe("seq", "200000"));
    await ended;
    expect(texts().join("\n").split("\n")).toEqual(Array.from({ length: 200_000 }, (_, index) => String(index + 1)));
    expect(texts().length).toBeLessThan(1_000);
  });

  it("makes each line a reading with framing: line", async () => {
    const { ended, texts } = start(LINE, pipe("printf", "a v=1\\r\\n\\nb v=2\\n"));
    await ended;
    expect(texts()).toEqual(["a v=1", "b v=2"]);
  });

  it("reads a file to its end, and leaves a line of 10 MB out", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-stdin-"));
    ends.push(() => rm(folder, { recursive: true }));
    const path = join(folder, "lines");
    await writeFile(path, `a v=1\n${"x".repeat(10_000_000)}\nb v=2\n`);
    const { ended, texts, counts } = start(LINES, pipe("cat", path));
    await ended;
    expect(texts()).toEqual(["a v=1", "b v=2"]);
    expect(counts).toEqual({ oversized_frames: 1 });
  });

  it("holds the pipe back while the journal has no room, and has it synced at once", async () => {
    const release = Promise.withResolvers<void>();
    const stream = new PassThrough();
    const { ended, arrivals, options, texts } = start(LINE, stream, () => release.promise);
    const line = `${"x".repeat(32_000)}\n`;
    let written = 0;
    const write = () => {
      while (written < 100 && stream.write(line)) written += 1;
    };
    stream.on("drain", write);
    write();
    await until("the window to be full", () => options.at(-1)?.senderWaits === true);
    expect(arrivals.length).toBeLessThan(50);
    expect(written).toBeLessThan(50);
    release.resolve();
    await until("all lines", () => written === 100);
    stream.end();
    await ended;
    expect(texts().length).toBeGreaterThanOrEqual(100);
  });

  it("stops when told to, in the middle of a stream, which can then be read on", async () => {
    const stream = new PassThrough();
    const first = start(LINE, stream);
    stream.write("a v=1\nb");
    await until("the first line", () => first.texts().length === 1);
    await first.stop();
    expect(first.counts).toEqual({ partial_frames: 1 });
    const second = start(LINE, stream);
    stream.end("c v=3\n");
    await second.ended;
    expect(second.texts()).toEqual(["c v=3"]);
  });

  it("ends at once over a stream that has ended, and does not start when it is already stopped", async () => {
    const stream = pipe("true");
    await start(LINE, stream).ended;
    expect(await start(LINE, stream).ended).toBeUndefined();
    const input = plugin.create({ framing: "lines" }, {} as InputContext);
    expect(await input.run(() => Promise.resolve(), AbortSignal.abort())).toBeUndefined();
  });

  it("fails when the stream does", async () => {
    const stream = new PassThrough();
    const { ended } = start(LINE, stream);
    stream.destroy(new Error("the pipe broke"));
    await expect(ended).rejects.toThrow("the pipe broke");
  });

  it("takes as many whole lines as there are unless told otherwise", () => {
    expect(validate(group(plugin.settings, "stdin"), {})).toEqual({ value: { framing: "lines" } });
    expect(plugin.check?.({ framing: { type: "length", max_frame: 1, gap: 0 } })).toHaveLength(1);
    expect(plugin.claims?.({ framing: "lines" })).toEqual([{ kind: "file", name: "stdin" }]);
  });
});
