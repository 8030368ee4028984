import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testAgent } from "../parts/agent.ts";
import { removeAfterEach } from "../parts/cleanup.ts";
import { runCommand, type RunningCommand, startCommand } from "../parts/command.ts";
import { type SinkRequest, startHttpSink } from "../parts/http-sink.ts";
import { freePort, until } from "../parts/program.ts";
import { type ScriptedClient, startScriptedBroker } from "../parts/scripted-broker.ts";

/** Where each secret of the configuration comes from. */
const SECRETS = {
  url: "secret-in-url",
  variable: "secret-of-variable",
  file: "secret-of-file",
  literal: "secret-as-written",
  default: "secret-by-default",
};

/** Commands that tell something, with an agent or without. */
const COMMANDS = [
  "check --json",
  "journal info --count",
  "journal tail --json",
  "journal export --marks",
  "journal verify --json",
  "journal repair",
  "journal cursors list --json",
  "journal cursors pause store",
  "journal cursors resume store",
  "journal cursors set old beginning",
  "journal cursors forget gone",
  "rejects list --json",
  "rejects show store/1",
].map((line) => line.split(" "));

/** A store that says what it was asked with, and refuses the line of `odd`. */
function echo({ headers, lines }: SinkRequest) {
  const message = (line: number) => `unable to parse line ${line}, asked with ${headers.authorization}`;
  const odd = lines.findIndex((line) => line.includes("odd="));
  return odd === -1 ? { status: 204 } : { status: 400, body: { code: "invalid", message: message(odd + 1) } };
}

describe("the secrets of a configuration", () => {
  const { keep, after } = removeAfterEach();

  it("are in no file of the data directory, no line of the log and no answer, whatever befalls the agent", async () => {
    const broker = await startScriptedBroker();
    after(() => broker.stop());
    const sink = await startHttpSink();
    after(() => sink.stop());
    const page = `127.0.0.1:${await freePort()}`;
    const at = (account: string) => broker.url.replace("//", `//${account}`);
    const configuration = (inputs: string, more = "") => `version: 1
agent: { http: "${page}" }
inputs:
  grill:
    { type: mqtt, url: "${at(`me:${SECRETS.url}@`)}", topics: ["bbq/{grill}/{field}"], decode: { type: value } }
${inputs}outputs:
  store:
    type: influxdb
    url: ${sink.url}
    org: home
    bucket: bbq
    token: \${TOKEN}
    batch: { max_wait: 20ms }
  old:
    type: influxdb
    url: ${sink.url}
    database: bbq
    username: me
    password: \${UNSET:-${SECRETS.default}}
    batch: { max_wait: 20ms }
${more}`;
    const leaving = ["file:password", `LITERAL:-${SECRETS.literal}`].map(
      (password, index) => `  leaving-${index}:
    type: mqtt
    url: ${at("")}
    topics: ["cellar/{cellar}/{field}"]
    username: me
    password: \${${password}}
    decode: { type: value }
`,
    );
    const { folder } = keep(await testAgent(configuration(leaving.join(""))));
    const configure = (text: string) => writeFile(join(folder, "fieldline.yaml"), text);
    await writeFile(join(folder, "password"), `${SECRETS.file}\n`);
    const environment = { TOKEN: SECRETS.variable };
    const said: string[] = [];
    const run = async (clients: number): Promise<RunningCommand> => {
      const agent = startCommand(["run", "--log-level", "trace"], folder, environment);
      after(() => agent.stop());
      await until("the connections", () => agent.stderr().split('"connected').length > clients);
      return agent;
    };
    const runAll = async () => {
      for (const args of COMMANDS) {
        const { stdout, stderr } = await runCommand(args, folder, environment);
        said.push(stdout, stderr);
      }
    };
    const publish = ({ send }: ScriptedClient, topic: string, payload: string, messageId: number) =>
      send({ cmd: "publish", topic, payload, qos: 1, messageId, dup: false, retain: false });

    const first = await run(3);
    const clients = await Promise.all([0, 1, 2].map((index) => broker.client(index)));
    const passwords = clients.map(({ connect }) => String(connect.password)).toSorted();
    expect(passwords).toEqual([SECRETS.url, SECRETS.file, SECRETS.literal].toSorted());
    sink.always(echo);
    for (const [index, client] of clients.entries()) {
      const topic = client.connect.clientId.includes("grill") ? "bbq/kettle" : `cellar/${index}`;
      for (const [id, payload] of ["1.5", "no number"].entries()) publish(client, `${topic}/temp`, payload, id + 1);
      publish(client, `${topic}/odd`, "2.5", 3);
    }
    const rejects = () => readFile(join(folder, "data/rejects/store.jsonl"), "utf8").catch(() => "");
    await until("what is refused", async () => (await rejects()).includes(" asked with "));
    const credentials = [`Token ${SECRETS.variable}`, `Basic ${btoa(`me:${SECRETS.default}`)}`];
    expect(new Set(sink.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(credentials));
    sink.always(({ headers }) => ({ status: 401, body: `no such account: ${headers.authorization}` }));
    await configure(configuration("", '  more: { type: influxdb, url: "http://me:${TOKEN}@127.0.0.1", token: [ ] }\n'));
    first.child.kill("SIGHUP");
    await until("the refusal", () => first.stderr().includes("going on with the one before"));
    await configure(configuration(""));
    first.child.kill("SIGHUP");
    await until("the reload", () => first.stderr().includes("is in force"));
    for (const path of ["health", "metrics"]) said.push(await (await fetch(`http://${page}/${path}`)).text());
    first.child.kill("SIGKILL");
    await first.exit;
    await runAll();
    sink.always(echo);
    const second = await run(1);
    await runAll();
    await second.stop();

    const files = (await readdir(join(folder, "data"), { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["decodings.json", "plans.jsonl", "anchor", "store.jsonl", "store.json"]),
    );
    const texts = new Map([
      ["the answers", said.join("")],
      ["the log", first.stderr() + second.stderr()],
    ]);
    for (const { parentPath, name } of files) texts.set(name, await readFile(join(parentPath, name), "latin1"));
    const secrets = [...Object.values(SECRETS), btoa(`me:${SECRETS.default}`)];
    const found = [...texts].flatMap(([where, text]) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${where}`),
    );
    expect(found).toEqual([]);
  }, 60_000);
});
