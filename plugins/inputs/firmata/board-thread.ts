/** The thread in which johnny-five reads one board: its timers and listeners, which it never takes back, end with it. */
import { parentPort, workerData } from "node:worker_threads";
import { Board } from "./board.ts";
import type { BoardMessage, BoardPlan } from "./messages.ts";

const tell = (message: BoardMessage) => parentPort?.postMessage(message, []);
const board = new Board(workerData as BoardPlan, tell);
parentPort?.on("message", (bytes: Uint8Array) => board.push(bytes));
await board.start().catch((error: unknown) => tell({ type: "lost", reason: (error as Error).message }));
