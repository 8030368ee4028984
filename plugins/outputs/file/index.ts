import { defineOutput, encodeLine, WriteError } from "fieldline/plugin";
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
    return {
      encode: (point) => encodeLine(point, { precision, unsigned }),
      write: async (batch, signal) => {
        if (batch.length === 0) return;
        const text = Buffer.from(`${batch.join("\n")}\n`);
        await inTurn(async () => {
          if (signal.aborted) throw new WriteError("unavailable", `${path} was not written: the write was called off`);
          await file.append(text);
        }).catch((error: unknown) => {
          throw explainFailure(path, error);
        });
      },
      close: async () => inTurn(async () => file.close()),
    };
  },
});
