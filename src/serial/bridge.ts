import { once } from "node:events";
import { connect } from "node:net";
import type { BridgeAddress } from "./bridge-address.ts";
import type { Connection } from "./connection.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** After this long without data the kernel asks the bridge whether it is there, ten times, a second apart. */
const KEEP_ALIVE_MS = 10_000;

/**
 * Connects to a serial port behind a network bridge that hands on raw bytes.
 * @throws Error that says what to look at when it cannot be reached; the signal's reason when aborted
 */
export async function openBridge({ host, port }: BridgeAddress, signal: AbortSignal): Promise<Connection> {
  const name = `tcp://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const stream = connect({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  const lost = Promise.withResolvers<Error>();
  stream.on("error", (error) => lost.resolve(new Error(`the connection to ${name} broke: ${error.message}`)));
  stream.on("end", () => lost.resolve(new Error(`${name} closed the connection`)));
  stream.on("close", () => lost.resolve(new Error(`the connection to ${name} was closed`)));
  try {
    await once(stream, "connect", { signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]) });
  } catch (error) {
    stream.destroy();
    signal.throwIfAborted();
    throw new Error(`cannot connect to ${name}: ${reasonOf(error)}; does the bridge run, and listen there?`, {
      cause: error,
    });
  }
  const close = async () => {
    if (stream.closed) return;
    const closed = once(stream, "close");
    stream.destroy();
    await closed;
  };
  return { name, stream, lost: lost.promise, close };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return `no answer within ${CONNECT_TIMEOUT_MS / 1000} seconds`;
  // For a host name with several addresses the message is empty and the code tells.
  return error.message === "" ? String((error as NodeJS.ErrnoException).code) : error.message;
}
