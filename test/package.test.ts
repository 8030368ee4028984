import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUNDLED } from "../tools/bundled.ts";
import { startFirmataPeer } from "./parts/firmata-peer.ts";
import { startProgram } from "./parts/program.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const run = promisify(execFile);

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}
interface Locked {
  readonly version: string;
  readonly hasInstallScript?: true;
  readonly dev?: true;
}
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));
const { dependencies } = read("package.json") as Manifest;
const { packages } = read("package-lock.json") as { readonly packages: Readonly<Record<string, Locked>> };
const nameOf = (path: string) => path.replace(/^.*node_modules\//, "");

describe("an installation", () => {
  const locked = Object.entries(packages);

  it("has one serialport, which is not compiled, and runs no other package's script", () => {
    const ports = locked.filter(([path]) => nameOf(path) === "serialport").map(([, { version }]) => version);
    expect(ports).toEqual([dependencies["serialport"]]);
    const scripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    expect(scripts.toSorted()).toEqual(["@serialport/bindings-cpp", "node"]);
  });

  it("brings nobody what the build has put in", () => {
    const shipped = locked.filter(([, { dev }]) => dev !== true).map(([path]) => nameOf(path));
    expect(shipped).toContain("serialport");
    for (const name of BUNDLED) expect(shipped).not.toContain(name);
  });
});

describe("the packed package", () => {
  let folder = "";

  /** The package as it is published, with the packages that it names and no others. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fieldline-packed-"));
    const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const { stdout } = await run("npm", pack, { cwd: root });
    const [packed] = JSON.parse(stdout) as [{ readonly filename: string }];
    const home = join(folder, "node_modules/fieldline");
    await mkdir(home, { recursive: true });
    await run("tar", ["-xzf", join(folder, packed.filename), "-C", home, "--strip-components=1"]);
    for (const name of Object.keys(dependencies)) {
      const link = join(folder, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(root, "node_modules", name), link);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("reads a board with Firmata, without johnny-five being installed", async () => {
    const peer = await startFirmataPeer();
    const file = join(folder, "fieldline.yaml");
    await writeFile(
      file,
      `version: 1
agent: { http: false }
inputs:
  board:
    type: firmata
    port: ${peer.url}
    interval: 50ms
    sensors: [{ name: soil, pin: A0, tags: { bed: tomatoes } }]
outputs: { console: { type: stdout } }
`,
    );
    const reports = setInterval(() => peer.analog(0, 500), 10);
    const main = join(folder, "node_modules/fieldline/dist/src/cli/main.js");
    const agent = await startProgram(process.execPath, [main, "run", "-c", file], (printed) =>
      printed.includes("soil,bed=tomatoes value=500 "),
    );
    clearInterval(reports);
    await agent.stop();
    await peer.remove();
    expect(agent.printed()).toContain("stopped");
  });

  it("has the licences of what the build has put in", () => {
    const notice = readFileSync(
      join(folder, "node_modules/fieldline/dist/plugins/inputs/firmata/THIRD_PARTY.txt"),
      "utf8",
    );
    for (const name of BUNDLED) expect(notice).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)$`, "m"));
    expect(notice.match(/Permission is hereby granted/g)?.length).toBe(notice.match(/^\S+ [\d.]+ \(MIT\)$/gm)?.length);
  });
});
