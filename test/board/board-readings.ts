import { StoredJournal } from "../../src/journal/index.ts";
import { MEASURED } from "../../src/model/index.ts";

/** A reading of a board, as the journal has it. */
export interface BoardReading {
  readonly line: string;
  /** How often the board's memory had been lost. */
  readonly epoch: number;
  readonly sequence: number;
  /** The board's clock in milliseconds; undefined for one that was sent again. */
  readonly clock: number | undefined;
  /** When it was taken by the agent's account, in microseconds since 1970. */
  readonly takenUs: number;
}

/** Gives each reading of a board in a journal to `each`, in their order. */
export async function eachBoardReading(directory: string, each: (reading: BoardReading) => void): Promise<void> {
  const journal = await StoredJournal.open(directory);
  for (let next = journal.begin; next < journal.end;) {
    const block = await journal.read(next, 10_000);
    next = block.next;
    for (const entry of block.entries) {
      if (entry.kind !== "reading") continue;
      const { attributes = {}, payload } = entry;
      const { epoch, sequence, clock, [MEASURED]: taken } = attributes;
      if (sequence === undefined) continue;
      each({
        line: Buffer.from(payload).toString(),
        epoch: Number(epoch),
        sequence: Number(sequence),
        clock: clock === undefined ? undefined : Number(clock),
        takenUs: Number(BigInt(taken ?? 0) / 1_000n),
      });
    }
  }
}
