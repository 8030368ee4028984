import type { Result, Spread, Target } from "./benchmark.ts";
import { verdictOf } from "./verdict.ts";

/** A result, and the benchmark it is of. */
export interface Row extends Result {
  readonly benchmark: string;
}

const HEAD = ["benchmark", "what", "ours", "floor", "ratio min - median - max", "target", ""];

/** The rows as a Markdown table, aligned for a terminal too. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(HEAD), line(rule), ...rows.map((row) => line(cellsOf(row)))].join("\n");
}

function cellsOf(row: Row): string[] {
  const { benchmark, what, unit, ours, floor, ratio, target } = row;
  return [
    benchmark,
    what,
    ratio === undefined && ours.min !== ours.max ? `${spreadText(ours)} ${unit}` : `${numberText(ours.median)} ${unit}`,
    floor === undefined ? "" : `${numberText(floor.value.median)} ${unit} (${floor.what})`,
    ratio === undefined ? "" : spreadText(ratio),
    target === undefined ? "" : targetText(target, ratio === undefined ? ` ${unit}` : " x"),
    verdictOf(row),
  ].map((cell) => cell.trim());
}

function targetText({ atMost, atLeast, stretch }: Target, unit: string): string {
  const parts = [
    ...(atMost === undefined ? [] : [`at most ${numberText(atMost)}${unit}`]),
    ...(atLeast === undefined ? [] : [`at least ${numberText(atLeast)}${unit}`]),
    ...(stretch === undefined ? [] : [`stretch ${numberText(stretch)}${unit}`]),
  ];
  return parts.join(", ");
}

function spreadText({ min, median, max }: Spread): string {
  return [min, median, max].map(numberText).join(" - ");
}

/** Three significant digits, and thousands apart. */
function numberText(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
