/**
 * What the tests run as a process of its own, whose standard output they hold: prints batches, one at a time, and says
 * on standard error how each write ended. Arguments: how many batches, how many lines each, and after how many
 * milliseconds a write is called off and tried again (0: never).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { WriteError } from "fieldline/plugin";
import { createOutput } from "../../../test/parts/create-output.ts";
import stdout from "./index.ts";

const [batches = 1, lines = 1, timeout = 0] = process.argv.slice(2).map(Number);
const output = createOutput(stdout, {});

async function write(batch: readonly string[], tries: number): Promise<string> {
  try {
    await output.write(batch, timeout === 0 ? new AbortController().signal : AbortSignal.timeout(timeout));
    return "done";
  } catch (error) {
    if (!(error instanceof WriteError)) return `threw ${String(error)}`;
    if (error.kind !== "unavailable" || tries === 0) return `${error.kind}: ${error.message}`;
    process.stderr.write(`${error.kind}: ${error.message}\n`);
    await sleep(10);
    return write(batch, tries - 1);
  }
}

for (let batch = 0; batch < batches; batch++) {
  const texts = Array.from({ length: lines }, (_, line) => `m n=${batch * lines + line}i ${batch * lines + line + 1}`);
  process.stderr.write(`${await write(texts, 100)}\n`);
}
await output.close?.();
