import { setImmediate as turn } from "node:timers/promises";
import type { Block, Entry } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";
import { copyLine } from "./copy-line.ts";

/** Whether somebody still wants a reading. */
export type Named = (reading: Reading) => boolean;

/** So many readings are looked at without letting others have their turn. */
const GROUP = 2_000;
const NOTHING = Buffer.alloc(0);

/** The lines of what is wanted, the latest `maxBytes` of them; and how many readings were left out. */
export async function collectCopies(groups: AsyncGenerator<readonly Entry[]>, wanted: Named, maxBytes: number) {
  const lines: Buffer[] = [];
  let bytes = 0;
  let left = 0;
  for await (const group of groups) {
    for (const entry of group) {
      if (entry.kind !== "reading" || !wanted(entry)) continue;
      const line = Buffer.from(copyLine(entry));
      lines.push(line);
      bytes += line.length;
      for (; bytes > maxBytes; left++) {
        bytes -= lines[left]?.length ?? 0;
        lines[left] = NOTHING;
      }
    }
  }
  return { content: Buffer.concat(lines), left };
}

/** Some readings as entries, with a turn for others after each group. */
export async function* inGroups(readings: readonly Reading[]): AsyncGenerator<readonly Entry[]> {
  for (let at = 0; at < readings.length; at += GROUP) {
    yield readings.slice(at, at + GROUP).map((reading) => ({ kind: "reading", ...reading }));
    await turn();
  }
}

/** The first of some readings: about `maxBytes` of payload, but at least one. */
export function blockOf(readings: readonly Reading[], maxBytes: number): Block {
  const entries: Entry[] = [];
  let bytes = 0;
  for (const reading of readings) {
    if (entries.length > 0 && bytes + reading.payload.length > maxBytes) break;
    bytes += reading.payload.length;
    entries.push({ kind: "reading", ...reading });
  }
  return { entries, next: (entries.at(-1)?.offset ?? 0) + 1, bytes };
}
