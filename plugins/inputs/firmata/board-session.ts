import { Worker } from "node:worker_threads";
import { type Connection, receive } from "fieldline/plugin";
import type { BoardMessage, BoardPlan } from "./messages.ts";

/** What may wait for the thread; beyond it the device is held back. */
const MOST_WAITING_BYTES = 64 * 1024;
/** What the thread may take up. johnny-five and one board take some 10 MB of it. */
const MOST_HEAP_MB = 64;

/** Beside this file, in the sources and in what is built of them. */
const THREAD = new URL(`./board-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** What a board says that is no matter of the line. */
export type BoardWord = Extract<BoardMessage, { type: "ready" | "sample" | "quiet" }>;

/**
 * Has a board read through johnny-five, in a thread of its own, until the signal aborts. The connection stays open.
 * @throws Error that says why the board is lost, or not to be had
 */
export async function runBoard(
  connection: Connection,
  plan: BoardPlan,
  hear: (word: BoardWord) => void,
  signal: AbortSignal,
): Promise<void> {
  // Neither the environment nor the streams of the process are johnny-five's business: it prints, and obeys variables.
  const thread = new Worker(THREAD, {
    workerData: plan,
    env: {},
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  });
  thread.stdout.resume();
  thread.stderr.resume();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  let waiting = 0;
  let room: PromiseWithResolvers<void> | undefined;
  thread.on("error", (error) => lost.reject(new Error(`johnny-five failed: ${error.message}`, { cause: error })));
  thread.on("exit", () => lost.reject(new Error("johnny-five ended")));
  thread.on("message", (message: BoardMessage) => {
    if (message.type === "lost") lost.reject(new Error(message.reason));
    else if (message.type === "write") connection.stream.write(message.bytes);
    else if (message.type === "taken") {
      waiting -= message.bytes;
      if (waiting < MOST_WAITING_BYTES) room?.resolve();
    } else hear(message);
  });
  const take = (chunk: Uint8Array) => {
    waiting += chunk.length;
    const bytes = Uint8Array.from(chunk);
    thread.postMessage(bytes, [bytes.buffer]);
    if (waiting < MOST_WAITING_BYTES) return undefined;
    room = Promise.withResolvers<void>();
    return room.promise;
  };
  try {
    await Promise.race([receive(connection, { take, gapMs: 0, onGap: () => {}, silenceMs: 0 }, signal), lost.promise]);
  } finally {
    await thread.terminate();
  }
}
