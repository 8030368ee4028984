import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { removeAfterEach } from "../parts/cleanup.ts";
import { type RunningCommand, runCommand, startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { startLineServer } from "../parts/line-server.ts";
import { until } from "../parts/program.ts";

describe("rejects whose readings the journal has let go", () => {
  const { keep, after } = removeAfterEach();

  async function setUp(journal: string) {
    const folder = await mkdtemp(join(tmpdir(), "fieldline-copies-"));
    after(() => rm(folder, { recursive: true, force: true }));
    const board = keep(await startLineServer());
    const sinks = [await startHttpSink(), await startHttpSink()];
    for (const sink of sinks) after(() => sink.stop());
    const [store, other] = sinks;
    if (store === undefined || other === undefined) throw new Error("no sinks");
    const configuration = (decode: string, others = "other") => `version: 1
agent: { http: false, stop_timeout: 5s }
journal: ${journal}
inputs:
  board: { type: serial, port: "tcp://127.0.0.1:${board.port}", decode: ${decode} }
outputs:
  store: { type: influxdb, url: "${store.url}", database: d, batch: { max_wait: 20ms } }
  ${others}: { type: influxdb, url: "${other.url}", database: d, batch: { max_wait: 20ms } }
`;
    const write = (text: string) => writeFile(join(folder, "fieldline.yaml"), text);
    const start = async (): Promise<RunningCommand> => {
      const agent = startCommand(["run"], folder);
      after(async () => {
        agent.child.kill("SIGKILL");
        await agent.exit;
      });
      await until("the board", () => agent.stderr().includes("reading tcp"));
      return agent;
    };
    const rejects = async (...args: readonly string[]) => runCommand(["rejects", ...args], folder);
    const listed = async () => (await rejects("list")).stdout.trimEnd().split("\n");
    const journalBegin = async () => Number((await readdir(join(folder, "data/journal"))).toSorted()[0]?.slice(0, 20));
    const copies = () => readdir(join(folder, "data/rejects/readings")).catch(() => []);
    /** Sends good lines until the journal holds none of the first any more. */
    const push = (past: number) =>
      until("the first segments to go", async () => {
        board.send(Array.from({ length: 100 }, () => `m v="${"x".repeat(900)}"`));
        return (await journalBegin()) > past;
      });
    return { folder, board, store, other, configuration, write, start, rejects, listed, push, copies };
  }

  it.each(["{ max_size: 1MiB, max_age: 1ms }", "{ max_size: 1MiB, when_full: drop_oldest }"])(
    "are shown and retried from copies, one for both outputs, also after a SIGKILL: journal %s",
    async (journal) => {
      const { board, store, other, configuration, write, start, rejects, listed, push, copies } = await setUp(journal);
      await write(configuration("line_protocol"));
      const first = await start();
      await until("two entries", async () => {
        board.send(["m good=1", "hot"]);
        return (await listed()).length >= 2 && (await listed()).some((line) => line.startsWith("other/"));
      });
      const offsets = (await listed()).flatMap((line) => (/ {2}(\d+)(?:-(\d+))? {2}20/.exec(line) ?? []).slice(1));
      const last = Math.max(...offsets.map((offset) => Number(offset ?? 0)));
      await push(last);
      first.child.kill("SIGKILL");
      await first.exit;
      expect(await copies()).not.toEqual([]);
      for (const entry of ["store/1", "other/1"]) {
        const { stdout, stderr } = await rejects("show", entry);
        expect([stdout, stderr]).toEqual([expect.stringMatching(/^payload: hot$/m), ""]);
      }

      const second = await start();
      expect((await rejects("show", "store/1")).stdout).toMatch(/^payload: hot$/m);
      // An output that has left keeps its claim on the copies.
      await write(configuration("{ type: value, measurement: words, types: string }", "another"));
      second.child.kill("SIGHUP");
      await until("the reload", () => second.stderr().includes("is in force"));
      const retried = await rejects("retry", "store/1");
      expect(retried).toMatchObject({ status: 0, stderr: "" });
      expect(retried.stdout).toMatch(/^store\/1: (\d+) readings?, \1 points? delivered, 0 rejects anew\n$/);
      expect(store.lines.filter((line) => line.startsWith("words "))).toEqual(
        expect.arrayContaining([expect.stringContaining('"hot"')]),
      );
      expect(await copies()).not.toEqual([]);

      await write(configuration("{ type: value, measurement: words, types: string }"));
      second.child.kill("SIGHUP");
      await until("the other", () => (second.stderr().match(/is in force/g) ?? []).length === 2);
      expect((await rejects("retry", "other/1")).stdout).toMatch(/ 0 rejects anew\n$/);
      expect(other.lines.some((line) => line.includes('"hot"'))).toBe(true);
      await rejects("drop", "--all");
      expect(await copies()).toEqual([]);
      expect(await second.stop()).toBe(0);
      expect(second.stderr()).not.toMatch(/gone and can be retried no more/);
    },
    60_000,
  );
});
