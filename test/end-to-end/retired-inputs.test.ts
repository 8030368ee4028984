import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { startCommand } from "../parts/command.ts";
import { startHttpSink } from "../parts/http-sink.ts";
import { until } from "../parts/program.ts";
import { startScriptedBroker } from "../parts/scripted-broker.ts";

/** A decoder of the user's own that declares a secret. */
const SEALED = `import { defineDecoder, NO_TAGS, text } from "fieldline/plugin";
export default defineDecoder({
  name: "sealed", summary: "Reads a number.", examples: ["type: sealed"],
  settings: { key: text("A key.", { secret: true }).optional() },
  create: () => ({
    decode: ({ payload }) => ({ points: [{ tags: NO_TAGS, fields: new Map([["n", Number(payload)]]) }] }),
  }),
});
`;

describe("readings of an input that left the configuration while the agent was down", () => {
  const { keep, after } = removeAfterEach();

  /** Has a reading journaled that is not delivered, kills the agent and starts it without the input. */
  async function killAndStart(decode: string, between: (folder: string) => Promise<void> = async () => undefined) {
    const sink = await startHttpSink();
    after(() => sink.stop());
    sink.always({ status: 503 });
    const broker = await startScriptedBroker();
    after(() => broker.stop());
    const outputs = `outputs:\n  store: { type: influxdb, url: "${sink.url}", database: d, batch: { max_wait: 20ms } }\n`;
    const { folder } = keep(
      await testAgent(`version: 1
agent: { http: false, tags: { site: home } }
plugins: [./sealed.mjs]
inputs:
  grill:
    type: mqtt
    url: mqtt://user:\${PASSWORD}@${broker.url.slice("mqtt://".length)}
    topics: ["bbq/{grill}/{field}"]
    tags: { room: "\${ROOM}" }
    decode: ${decode}
${outputs}`),
    );
    await writeFile(join(folder, "sealed.mjs"), SEALED);
    const environment = { PASSWORD: "env-secret", ROOM: "patio" };
    const first = startCommand(["run"], folder, environment);
    const client = await broker.client(0);
    await client.sent("subscribe", 1);
    const message = { topic: "bbq/kettle/temp", payload: "107.25", dup: false, retain: false } as const;
    client.send({ cmd: "publish", ...message, qos: 1, messageId: 1 });
    await client.sent("puback", 1);
    await until("a write or a reject", () => sink.requests.length > 0 || first.stderr().includes("rejected"));
    first.child.kill("SIGKILL");
    await first.exit;
    await between(folder);
    await writeFile(
      join(folder, "fieldline.yaml"),
      `version: 1\nagent: { http: false, tags: { site: house } }\ninputs:\n  other: { type: serial, port: /dev/none }\n${outputs}`,
    );
    sink.always({ status: 204 });
    const second = startCommand(["run"], folder, environment);
    after(() => second.stop());
    return { sink, data: join(folder, "data"), log: () => second.stderr() };
  }

  it("become points as the last configuration said that had it; and no secret is on disk", async () => {
    const { sink, data } = await killAndStart("{ type: value, measurement: bbq }");
    await until("the point", () => sink.lines.length > 0);
    expect(sink.lines[0]).toMatch(/^bbq,site=home,room=patio,grill=kettle temp=107.25 \d+$/);
    const names = await readdir(data, { recursive: true, withFileTypes: true });
    const files = names.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    expect(files).toContain(join(data, "decodings.json"));
    for (const file of files) expect(await readFile(file, "latin1")).not.toMatch(/env-secret/);
    expect((await stat(join(data, "decodings.json"))).mode & 0o777).toBe(0o600);
  });

  it("become points also with a plugin of one's own", async () => {
    const { sink } = await killAndStart("sealed");
    await until("the point", () => sink.lines.length > 0);
    expect(sink.lines[0]).toMatch(/^grill,site=home,room=patio,grill=kettle n=107.25 \d+$/);
  });

  it("become rejects that say why when the plugin is gone", async () => {
    const { log } = await killAndStart("sealed", (folder) => rm(join(folder, "sealed.mjs")));
    await until("the reject", () => log().includes("rejected"));
    expect(log()).toMatch(
      /rejected: the configuration has no input \\"grill\\" any more, and what it sent cannot be decoded as before: there is no file .*sealed\.mjs/,
    );
  });

  it("become rejects that say why when their decoder has a secret", async () => {
    const { log, data } = await killAndStart("{ type: sealed, key: env-secret }");
    await until("the reject", () => log().includes("rejected"));
    expect(log()).toMatch(/the settings of sealed hold a secret, which is not kept over a restart/);
    expect(await readFile(join(data, "decodings.json"), "utf8")).not.toContain("env-secret");
  });
});
