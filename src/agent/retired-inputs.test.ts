import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testAgent } from "../../test/parts/agent.ts";
import { removeAfterEach } from "../../test/parts/cleanup.ts";

describe("how the readings of each input are decoded", () => {
  const { keep } = removeAfterEach();

  it("is written when it changes, and not by every start", async () => {
    const configuration = (tag: string) =>
      `version: 1\nagent: { http: false }\ninputs:\n  a: { type: serial, port: /dev/none, tags: { "1": ${tag} } }\n`;
    const agent = keep(await testAgent(configuration("one")));
    const file = join(agent.folder, "data/decodings.json");
    const inode = async () => (await stat(file)).ino;
    const run = async () => (await agent.start()).stop();

    await run();
    const first = await inode();
    await run();
    expect(await inode()).toBe(first);

    await writeFile(join(agent.folder, "fieldline.yaml"), configuration("two"));
    await run();
    expect(await readFile(file, "utf8")).toContain('{"1":"two"}');

    await writeFile(file, "damaged");
    await run();
    expect(await readFile(file, "utf8")).toContain('{"1":"two"}');
  });
});
