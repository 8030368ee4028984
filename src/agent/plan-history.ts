import { readFile } from "node:fs/promises";
import { fingerprint, type Plan } from "../config/index.ts";
import { replaceFile } from "./durable-file.ts";

const MOST_LINES = 1_000;

/** From where on a configuration was in force. */
export interface PlanLine {
  /** An ISO time. */
  readonly at: string;
  /** The journal's end then. */
  readonly offset: number;
  /** Where each output went on delivering, by then with this configuration. */
  readonly cursors: Readonly<Record<string, number>>;
  /** A hash of what was in effect. */
  readonly plan: string;
  /** A hash of the files' texts. */
  readonly files: string;
}

/** Adds a line to the file of plans, unless its last line has the same plan. @throws Error when that cannot be read or written */
export async function notePlan(path: string, line: PlanLine): Promise<void> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const lines = text.split("\n").filter((each) => each !== "");
  const { plan, files } = parse(lines.at(-1)) ?? {};
  if (plan === line.plan && files === line.files) return;
  await replaceFile(path, [...lines.slice(1 - MOST_LINES), JSON.stringify(line), ""].join("\n"));
}

/** A hash of all of a plan that decides what is received and delivered. */
export function planHash({ agent, journal, inputs, processors, outputs }: Plan): string {
  return fingerprint([
    agent.tags,
    journal,
    inputs.map(({ id, connection, fingerprint: print }) => [id, connection, print]),
    processors.map(({ id, fingerprint: print }) => [id, print]),
    outputs.map(({ id, start, required, fingerprint: print }) => [id, start, required, print]),
  ]);
}

function parse(line: string | undefined): Partial<PlanLine> | undefined {
  try {
    return line === undefined ? undefined : ((JSON.parse(line) ?? {}) as Partial<PlanLine>);
  } catch {
    return undefined;
  }
}
