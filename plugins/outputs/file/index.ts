import { defineOutput, type EncodedBatch, untilAborted, writeLine } from "fieldline/plugin";
import { explainFailure } from "./file-failure.ts";
import { LineFile } from "./line-file.ts";
import { settings } from "./settings.ts";

export default defineOutput({
  name: "file",
  summary: "Appends points in line protocol to a file, and syncs it before they count as delivered.",
  settings,
  examples: [
    "type: file\npath: ./points.lp\n",
    "type: file\npath: /var/lib/fieldline/points.lp\nrotate: { max_size: 100MiB, keep: 20 }\n",
  ],
  create({ path, precision, unsigned, rotate }, { log }) {
    const file = new LineFile(path, rotate, log);
    let last: Promise<unknown> = Promise.resolve();
    /** One after the other: batches in flight together must not cut each other back. */
    const inTurn = async (task: () => Promise<void>) => {
      const turn = last.then(task);
      last = turn.catch(() => {});
      return turn;
    };
    const append = async ({ bytes }: EncodedBatch, signal: AbortSignal) => {
      if (!signal.aborted && bytes.length > 0) await file.append(bytes);
    };
    return {
      encode: (point, into) => writeLine(into, point, { precision, unsigned }),
      write: async (batch, signal) => {
        try {
          // A disk that hangs keeps the turn; who waits for it may stop waiting.
          await untilAborted(
            inTurn(async () => append(batch, signal)),
            signal,
          );
        } catch (error) {
          throw explainFailure(path, error, signal);
        }
      },
      close: async () => inTurn(async () => file.close()),
    };
  },
});
