import { once } from "node:events";
import { Worker } from "node:worker_threads";

const FILE = new URL("exact-wait.worker.ts", import.meta.url);
const idle: Worker[] = [];

/** Resolves after so many milliseconds, more exactly than a timer of Node, which rounds up and waits for its turn. */
export async function exactWait(ms: number): Promise<void> {
  const worker = idle.pop() ?? new Worker(FILE);
  const done = once(worker, "message");
  worker.postMessage(ms, []);
  await done;
  idle.push(worker);
}
