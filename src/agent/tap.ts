import type { Journal } from "../journal/index.ts";
import type { Reading } from "../model/index.ts";

const READ_BYTES = 64 * 1024;

/** Sends each reading that becomes durable from now on, until the listener goes away. */
export async function tapJournal(
  journal: Journal,
  send: (line: object) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let position = journal.end; !signal.aborted;) {
    await journal.wait(position, signal);
    const block = await journal.read(position, READ_BYTES, signal);
    for (const entry of block.entries) if (entry.kind === "reading") await send(toLine(entry));
    position = block.next;
  }
}

/** A reading as a line of an answer: its payload in base64. */
export function toLine({ input, channel, payload, time, attributes, offset }: Reading): object {
  return { input, channel, payload: Buffer.from(payload).toString("base64"), time, attributes, offset };
}

/** A reading as `toLine` made it. */
export function fromLine(line: Readonly<Record<string, unknown>>): Reading {
  const sent = line as unknown as Omit<Reading, "payload"> & { readonly payload: string };
  return { ...sent, payload: Buffer.from(sent.payload, "base64") };
}
