/**
 * What the tests run as a process of its own, with a limit on the size of its files: writes batches one at a time and
 * says on standard output how each ended. Arguments: the path, how many batches, how many lines each.
 */
import { WriteError } from "fieldline/plugin";
import { createOutput } from "../../../test/parts/create-output.ts";
import file from "./index.ts";

const [path = "", batches = "1", lines = "1"] = process.argv.slice(2);
const output = createOutput(file, { path });
for (let batch = 0; batch < Number(batches); batch++) {
  const texts = Array.from({ length: Number(lines) }, (_, line) => `m,batch=${batch} n=${line}i ${line + 1}`);
  try {
    await output.write(texts, new AbortController().signal);
    process.stdout.write("done\n");
  } catch (error) {
    process.stdout.write(
      error instanceof WriteError ? `${error.kind}: ${error.message}\n` : `threw ${String(error)}\n`,
    );
  }
}
