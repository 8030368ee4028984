import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MAIN } from "../../test/parts/command.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldline-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fieldline(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

writeFileSync(
  join(folder, "fieldline.yaml"),
  "version: 1\ninputs:\n  a: { type: stdin }\noutputs:\n  b: { type: stdout }\n",
);
writeFileSync(
  join(folder, "wrong.yaml"),
  "version: 1\ninputs:\n  a: { type: stdn }\noutputs:\n  b: { type: stdout, requird: false }\n",
);
writeFileSync(join(folder, "warned.yaml"), "version: 1\ninputs:\n  a: { type: stdin }\n");

describe("fieldline check", () => {
  it("says on stderr that a file is good, and ends with 0", () => {
    const stderr = "fieldline.yaml is good: 1 input, 0 processors, 1 output\n";
    expect(fieldline("check")).toEqual({ status: 0, stdout: "", stderr });
  });

  it("prints every problem on stdout, with the file as it was named, and ends with 1", () => {
    const stdout =
      'wrong.yaml:3:14: error: there is no input "stdn"; did you mean "stdin"? [unknown-plugin]\n' +
      'wrong.yaml:5:22: error: unknown key "requird"; did you mean "required"? [unknown-key]\n';
    expect(fieldline("check", "-c", "wrong.yaml")).toEqual({ status: 1, stdout, stderr: "" });
  });

  it("ends with 0 where there are warnings alone", () => {
    const { status, stdout } = fieldline("check", "--config", "warned.yaml");
    expect(stdout).toMatch(/^warned\.yaml:1:1: warning: .* \[no-outputs\]\n$/);
    expect(status).toBe(0);
  });

  it("prints JSON when asked to", () => {
    expect(JSON.parse(fieldline("check", "--json").stdout)).toEqual([]);
    const { status, stdout } = fieldline("check", "--json", "-c", "none.yaml");
    expect(JSON.parse(stdout)).toMatchObject([
      { file: "none.yaml", line: 1, column: 1, severity: "error", code: "missing-file" },
    ]);
    expect(status).toBe(1);
  });
});

describe("a wrong request", () => {
  it.each([
    [["chekc"], "fieldline: unknown command 'chekc'\n(Did you mean check?)\n"],
    [["run", "--log-level", "loud"], "fieldline: option '--log-level <level>' argument 'loud' is invalid."],
    [["check", "patio.yaml"], "(the configuration is named with -c FILE; see fieldline check --help)\n"],
    [["try", "--for", "10"], "fieldline: --for 10 is no duration: write it as 500ms, 10s or 2m\n"],
  ])("%j says what is wrong on stderr, and ends with 1", (args, words) => {
    const { status, stdout, stderr } = fieldline(...args);
    expect(stderr).toContain(words);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });
});

describe("an answer", () => {
  const piped = (command: string) => {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", `"$0" "$1" ${command}`, process.execPath, MAIN], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  it("that nobody reads to its end is no failure", () => {
    expect(piped("schema | head -n 1")).toEqual({ status: 0, stdout: "{\n", stderr: "" });
  });

  it("that cannot be written is one, and ends with 2", () => {
    const { status, stderr } = piped("plugins > /dev/full");
    expect(stderr).toMatch(/^fieldline: stdout cannot be written: ENOSPC/);
    expect(status).toBe(2);
  });
});

describe("fieldline schema", () => {
  it("prints one JSON Schema", () => {
    const { status, stdout } = fieldline("schema");
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
    });
    expect(status).toBe(0);
  });
});

describe("fieldline plugins", () => {
  it("lists every plugin with its kind and summary", () => {
    const { status, stdout } = fieldline("plugins");
    expect(stdout).toMatch(/^input +mqtt +\S.+\.$/m);
    expect(stdout).toMatch(/^output +stdout +\S.+\.$/m);
    expect(status).toBe(0);
  });

  it("describes one by its settings and examples", () => {
    const { stdout } = fieldline("plugins", "describe", "influxdb");
    expect(stdout).toMatch(/^# influxdb$/m);
    expect(stdout).toMatch(/^\| `url` \| text \| \*\*required\*\* \| .+ \|$/m);
    expect(stdout).toMatch(/^\| `batch\.max_points` \| whole number \| `5000` \| .+ \|$/m);
    expect(stdout).toContain("outputs:\n  my-output:\n    type: influxdb\n");
  });

  it("says of an input what it decodes by, or that it has to be told", () => {
    expect(fieldline("plugins", "describe", "stdin").stdout).toMatch(
      /^\| `decode` \| text or a map \| `line_protocol` \|/m,
    );
    expect(fieldline("plugins", "describe", "mqtt").stdout).toMatch(
      /^\| `decode` \| text or a map \| \*\*required\*\* \|/m,
    );
  });

  it("names the nearest of those there are", () => {
    const stderr = 'fieldline: there is no plugin "influx"; did you mean "influxdb"?\n';
    expect(fieldline("plugins", "describe", "influx")).toEqual({ status: 1, stdout: "", stderr });
  });
});
