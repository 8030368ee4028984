import type { Connection } from "./connection.ts";

/** The device is open and says nothing. */
export class Silence extends Error {
  override readonly name = "Silence";
}

export interface ReceiveOptions {
  /** Takes a chunk; a promise holds the device back until it resolves. */
  readonly take: (chunk: Uint8Array) => Promise<void> | undefined;
  /** A pause of `gapMs` after data; 0 for never. */
  readonly gapMs: number;
  readonly onGap: () => void;
  /** No data for so long is the end; 0 for never. */
  readonly silenceMs: number;
}

/**
 * Receives from a connection until the signal aborts.
 * @throws Silence; Error that says why the device is lost; what `take` threw
 */
export async function receive(connection: Connection, options: ReceiveOptions, signal: AbortSignal): Promise<void> {
  const { stream, lost, name } = connection;
  const done = Promise.withResolvers<void>();
  let held = false;
  const silence = timerAfter(options.silenceMs, () => {
    if (!held) done.reject(new Silence(`${name} has been silent for ${options.silenceMs / 1000} s: opening it again`));
  });
  const gap = timerAfter(options.gapMs, options.onGap);
  const holdBack = async (room: Promise<void>) => {
    held = true;
    stream.pause();
    await room;
    held = false;
    silence?.refresh();
    stream.resume();
  };
  const onData = (chunk: Uint8Array) => {
    silence?.refresh();
    gap?.refresh();
    const room = options.take(chunk);
    if (room !== undefined) void holdBack(room).catch(done.reject);
  };
  const onAbort = () => done.resolve();
  stream.on("data", onData);
  signal.addEventListener("abort", onAbort);
  void lost.then(done.reject);
  if (signal.aborted) onAbort();
  try {
    await done.promise;
  } finally {
    clearTimeout(silence);
    clearTimeout(gap);
    stream.off("data", onData);
    signal.removeEventListener("abort", onAbort);
  }
}

function timerAfter(ms: number, run: () => void): NodeJS.Timeout | undefined {
  return ms === 0 ? undefined : setTimeout(run, ms);
}
