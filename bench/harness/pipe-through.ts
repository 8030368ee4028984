import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { crc32 } from "node:zlib";
import { cpuSeconds } from "./cpu.ts";

export interface PipeOptions {
  readonly signal: AbortSignal;
  readonly folder: string;
  /** Goes first, and has to have come out again before `main` is written. */
  readonly warmUp: Buffer;
  /** What is measured. The pipe ends after it. */
  readonly main: Buffer;
}

/** From the first byte of `main` written to its last byte read. */
export interface Piped {
  readonly seconds: number;
  /** CPU time of the program meanwhile, all its threads. */
  readonly cpuSeconds: number;
}

const CHUNK_BYTES = 65_536;

/**
 * Writes bytes to the stdin of a Node program as quickly as it takes them, and reads its stdout.
 * @throws Error when other bytes come out than went in, or the program fails
 */
export async function pipeThrough(args: readonly string[], options: PipeOptions): Promise<Piped> {
  const { signal, folder, warmUp, main } = options;
  const child = spawn(process.execPath, args, { cwd: folder, signal });
  const { pid = 0 } = child;
  const ended = once(child, "close");
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-8_000)));
  // How the program ended says more.
  child.stdin.on("error", () => {});

  const warm = Promise.withResolvers<void>();
  const total = warmUp.length + main.length;
  let [length, checksum] = [0, 0];
  let [begun, cpuBefore] = [0, 0];
  let piped: Piped | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    checksum = crc32(chunk, checksum);
    if (length === warmUp.length) warm.resolve();
    if (length >= total && piped === undefined)
      piped = { seconds: (performance.now() - begun) / 1_000, cpuSeconds: cpuSeconds(pid) - cpuBefore };
  });

  await write(child.stdin, warmUp);
  await Promise.race([warm.promise, ended]);
  begun = performance.now();
  cpuBefore = cpuSeconds(pid);
  await write(child.stdin, main);
  child.stdin.end();
  const [status] = (await ended) as [number | null];
  if (status !== 0 || piped === undefined || length !== total || checksum !== crc32(main, crc32(warmUp)))
    throw new Error(`of ${total} bytes ${length} came out or others; exit status ${status}:\n${complaints}`);
  return piped;
}

/** Ends early when nobody reads any more. */
async function write(stream: Writable, bytes: Buffer): Promise<void> {
  const gone = new Promise<void>((resolve) => stream.once("close", resolve));
  for (let at = 0; at < bytes.length && !stream.destroyed; at += CHUNK_BYTES) {
    if (stream.write(bytes.subarray(at, at + CHUNK_BYTES))) continue;
    const drained = Promise.withResolvers<void>();
    stream.once("drain", drained.resolve);
    await Promise.race([drained.promise, gone]);
  }
}
