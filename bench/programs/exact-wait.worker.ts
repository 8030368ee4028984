/** Waits in a thread of its own, as a system call on a slow disk would. */
import { parentPort } from "node:worker_threads";

/** What the kernel's timer slack and two messages between threads add. */
const OVERHEAD_MS = 0.1;

const never = new Int32Array(new SharedArrayBuffer(4));
parentPort?.on("message", (ms: number) => {
  Atomics.wait(never, 0, 0, Math.max(0, ms - OVERHEAD_MS));
  parentPort?.postMessage(undefined, []);
});
