import { nodeMajor } from "./machine.ts";
import type { Saved } from "./saved.ts";
import { type Row, tableOf } from "./table.ts";
import { verdictOf } from "./verdict.ts";

const HEAD = `# Results

What the benchmarks gave when they last ran on each version of Node.js. \`npm run bench:results\` writes this page, and
[README.md](README.md) says what each of them measures.
`;

/**
 * The page of results, with one section a major version of Node.js, the newest first.
 * @param page as it is now; empty when there is none
 * @param all what replaces the section of their version, at least one
 */
export function resultsPage(page: string, all: readonly Saved[]): string {
  const sections = new Map(
    page
      .split(/^(?=## Node\.js )/m)
      .slice(1)
      .map((text) => [Number(/\d+/.exec(text)?.[0]), text.trimEnd()]),
  );
  const [first] = all;
  if (first === undefined) throw new Error("there are no results to write down");
  const major = nodeMajor(first.machine.node);
  sections.set(major, sectionOf(major, all));
  const newestFirst = [...sections].toSorted(([one], [other]) => other - one).map(([, text]) => text);
  return `${[HEAD.trimEnd(), ...newestFirst].join("\n\n")}\n`;
}

function sectionOf(major: number, all: readonly Saved[]): string {
  const rows = all.flatMap(({ name, results }) => results.map((result): Row => ({ benchmark: name, ...result })));
  const missed = rows.filter((row) => verdictOf(row) === "MISSED");
  const limits = all.filter(({ name, limit }) => limit !== undefined && missed.some((row) => row.benchmark === name));
  return [
    `## Node.js ${major}`,
    conditionsOf(all),
    `### What misses its target`,
    missed.length === 0 ? "Nothing." : tableOf(missed),
    ...limits.map(({ name, limit }) => `**${name}**: ${limit}`),
    `### All results`,
    tableOf(rows),
  ].join("\n\n");
}

/** Where, when and with what they were measured; benchmarks that ran at other times may differ in it. */
function conditionsOf(all: readonly Saved[]): string {
  const each = (text: (saved: Saved) => string) => [...new Set(all.map(text))].toSorted().join(" and ");
  const machines = each(
    ({ machine: { cpu, cores, memoryGiB, kernel } }) => `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}`,
  );
  const versions = each(({ machine: { node, versions } }) =>
    [`Node.js ${node}`, ...Object.entries(versions).map(([name, version]) => `${name} ${version}`)].join(", "),
  );
  return [
    `- Machine: ${machines}; an fdatasync of 4 KiB takes ${each(({ machine }) => `${machine.syncMs}`)} ms`,
    `- Versions: ${versions}`,
    `- Date: ${each(({ machine }) => machine.date)}; interleaved rounds: ${each(({ rounds }) => `${rounds}`)}`,
  ].join("\n");
}
