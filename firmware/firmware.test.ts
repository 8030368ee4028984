import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProgram } from "../test/parts/program.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const read = (path: string) => readFileSync(join(folder, path), "utf8");

/** Runs make in a folder of the firmware; returns what it prints, throws with it when that fails. */
function make(directory: string, ...words: readonly string[]): string {
  const made = spawnSync(findProgram("make"), ["--no-print-directory", "-j2", "-C", directory, ...words], {
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(`make ${words.join(" ")} failed:\n${made.stdout}${made.stderr}`);
  return made.stdout;
}

describe("the firmware's parts on the host", () => {
  beforeAll(() => {
    findProgram("g++");
    make(folder, "host");
  }, 120_000);

  it("pass their tests", () => {
    const run = spawnSync(join(folder, "build/host/tests"), [join(folder, "protocol")], { encoding: "utf8" });
    const lines = run.stdout.split("\n").filter((line) => line !== "");
    expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
    expect(run.status).toBe(0);
  });

  it("have the checksum that the protocol describes, figure for figure", () => {
    const figures = execFileSync(join(folder, "build/host/crc_figures"), { encoding: "utf8" });
    expect(figures.split("\n").length).toBeGreaterThan(8);
    expect(read("PROTOCOL.md")).toContain(`\`\`\`\n${figures}\`\`\``);
  });
});

/** Bytes of flash and RAM, and how much of them the firmware may take. An Uno has to leave two fifths to its owner's sketch. */
const BOARDS = {
  uno: { flash: Math.floor(32_256 * 0.6), ram: Math.floor(2048 * 0.5) },
  mega: { flash: Math.floor(253_952 * 0.6), ram: Math.floor(8192 * 0.5) },
  // The USB stack takes 4 KB of it.
  leonardo: { flash: Math.floor(28_672 * 0.8), ram: Math.floor(2560 * 0.5) },
} as const;

describe("the firmware for boards", () => {
  const scratch = mkdtempSync(join(tmpdir(), "fieldline-firmware-"));
  let sizes = "";
  beforeAll(() => {
    const core = "/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h";
    ["avr-gcc", "/usr/lib/avr/include/avr/io.h", core].forEach(findProgram);
    sizes = make(folder, "all", `OUT=${join(scratch, "out")}`);
    process.stdout.write(sizes);
  }, 120_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it.each(Object.entries(BOARDS))("fits into %s", (board, { flash, ram }) => {
    const size = new RegExp(`^${board}: flash (\\d+), ram (\\d+)$`, "m").exec(sizes);
    expect(Number(size?.[1])).toBeLessThanOrEqual(flash);
    expect(Number(size?.[2])).toBeLessThanOrEqual(ram);
  });

  it("has the sizes that the README says", () => {
    const thousands = new Intl.NumberFormat("en-US");
    const rows = [...sizes.matchAll(/^(\w+): flash (\d+), ram (\d+)$/gmu)].map(
      ([, board = "", ...bytes]) => [board, ...bytes.map((count) => thousands.format(Number(count)))] as const,
    );
    const table = read("README.md").toLowerCase();
    expect(rows).toHaveLength(3);
    for (const [board, flash, ram] of rows)
      expect(table).toMatch(new RegExp(`\\| ${board} +\\| ${flash} +\\|.* ${ram} +\\|`, "u"));
    const [, flash = "", ram = ""] = /^uno: flash (\d+), ram (\d+)$/m.exec(sizes) ?? [];
    const left = [BOARDS.uno.flash - Number(flash), BOARDS.uno.ram - Number(ram)];
    expect(table).toContain(`${left[0]} bytes of flash and ${left[1]} of ram are left`);
  });

  it("is the same from any folder", () => {
    const copy = join(scratch, "elsewhere/far/away");
    cpSync(join(folder, "fieldline"), join(copy, "fieldline"), { recursive: true });
    cpSync(join(folder, "Makefile"), join(copy, "Makefile"));
    make(copy, "uno");
    expect(readFileSync(join(copy, "build/fieldline-uno.hex"), "utf8")).toBe(
      readFileSync(join(scratch, "out/fieldline-uno.hex"), "utf8"),
    );
  });

  it("is a library for sketches of one's own", () => {
    const example = "fieldline/examples/WithOwnCode/WithOwnCode.ino";
    make(folder, "own", `SKETCH=${example}`, `OUT=${join(scratch, "out")}`);
    expect(readFileSync(join(scratch, "out/WithOwnCode.hex"), "utf8").length).toBeGreaterThan(40_000);
  });

  it("answers on a Leonardo's USB, runs on, and starts the boot loader when the port is closed at 1200 baud", () => {
    findProgram("/usr/include/simavr/sim_avr.h");
    make(folder, "usb", `OUT=${join(scratch, "out")}`);
    const said = execFileSync(join(scratch, "out/leonardo_usb"), [join(scratch, "out/fieldline-leonardo.hex")], {
      encoding: "utf8",
    });
    expect(said.split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(/^answers #!fieldline 1 fw=.* board=atmega32u4 /u),
      "resets while it is open: 0",
      "resets once it is closed at 1200 baud: 1",
    ]);
  });

  it("has one version", () => {
    const [, version] = /FIELDLINE_VERSION "(.*)"/u.exec(read("fieldline/src/Fieldline.h")) ?? [];
    expect(read("fieldline/library.properties")).toContain(`\nversion=${version}\n`);
  });

  it.each(Object.keys(BOARDS))("is what the package ships for %s; otherwise run `make hex` in firmware/", (board) => {
    const made = readFileSync(join(scratch, `out/fieldline-${board}.hex`), "utf8");
    expect(read(`hex/fieldline-${board}.hex`) === made).toBe(true);
  });
});
