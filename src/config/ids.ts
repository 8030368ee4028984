import { suggestion } from "../schema/index.ts";
import type { Position } from "./diagnostic.ts";
import type { Findings } from "./findings.ts";
import { childOf, type Tree } from "./tree.ts";

const LONGEST = 64;

/** Whether a text can be the id of an input or an output. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(text) && text.length <= LONGEST;
}

/** Reports an id that could not be a file's name everywhere; true when it could. */
export function checkId(id: string, at: Position, findings: Findings): boolean {
  const strange = [...new Set(id.replaceAll(/[A-Za-z0-9_.-]/g, ""))].map((character) => JSON.stringify(character));
  if (strange.length > 0) {
    const message = `the id "${id}" has ${strange.join(" ")}; ids become file names: letters, digits, "_", "-" and "."`;
    findings.error(at, "bad-id", message);
    return false;
  }
  if (isId(id)) return true;
  const message = `the id "${id}" must begin with a letter or digit and have at most ${LONGEST} characters`;
  findings.error(at, "bad-id", message);
  return false;
}

/** Reports each id of an item's `from` that no input has. */
export function checkFrom(item: Tree, inputIds: readonly string[] | undefined, findings: Findings): void {
  const from = childOf(item, "from");
  if (from?.kind !== "list" || inputIds === undefined) return;
  for (const id of from.items)
    if (id.kind === "text" && id.broken !== true && !inputIds.includes(id.text))
      findings.error(id.at, "unknown-id", `there is no input "${id.text}"${suggestion(id.text, inputIds)}`);
}
