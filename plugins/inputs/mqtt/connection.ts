import type { Duplex } from "node:stream";
import type { IClientOptions, MqttClient } from "mqtt";
import { divert } from "./divert.ts";
import type { Intake } from "./intake.ts";
import { reasonText } from "./reasons.ts";
import { within } from "./wait.ts";

/** How long a clean stop waits for the disk, and then for each answer of the broker. */
const DISK_MS = 5_000;
const BROKER_MS = 1_000;

export interface ConnectionOptions {
  /** Connected to the broker, or about to be. */
  readonly socket: Duplex;
  readonly client: IClientOptions;
  /** Makes the intake of this connection. It writes to the broker by `write` and ends the connection by `fail`. */
  readonly openIntake: (write: (bytes: Buffer) => void, fail: (error: unknown) => unknown) => Intake;
  /** The broker has accepted; `closed` aborts when the connection is lost. A throw ends the connection. */
  readonly onConnect: (client: MqttClient, sessionPresent: boolean, closed: AbortSignal) => Promise<void>;
  /** Says farewell on a clean stop, before the DISCONNECT. */
  readonly onStop: (client: MqttClient) => Promise<unknown>;
  readonly MqttClient: typeof MqttClient;
}

/**
 * Keeps one connection until it is lost or `signal` aborts; then what was taken is made durable and acknowledged.
 * @returns why it was lost
 */
export async function keepConnection(options: ConnectionOptions, signal: AbortSignal): Promise<unknown> {
  const { socket, onConnect, onStop } = options;
  const lost = new AbortController();
  let cause: unknown;
  let accepted = false;
  const fail = (error: unknown) => {
    cause ??= error;
    stream.destroy();
  };
  const write = (bytes: Buffer) => {
    if (socket.writable) socket.write(bytes);
  };
  // What is refused because the agent stops is no failure of the connection.
  const intake = options.openIntake(write, (error) => signal.aborted || fail(error));
  const stream = divert(socket, intake);
  stream.on("error", fail);
  const closed = new Promise<void>((resolve) => {
    stream.once("close", resolve);
  });
  void closed.then(() => lost.abort());
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true, signal: lost.signal });
  });

  const client = new options.MqttClient(() => stream, options.client);
  client.on("error", fail);
  client.on("disconnect", ({ reasonCode, properties }) => {
    cause ??= new Error(`the broker ended it: ${properties?.reasonString ?? reasonText(reasonCode ?? 0)}`);
  });
  client.once("connect", ({ sessionPresent }) => {
    accepted = true;
    onConnect(client, sessionPresent, lost.signal).catch(fail);
  });

  await Promise.race([closed, aborted]);
  if (!lost.signal.aborted && client.connected) {
    await within(DISK_MS, intake.stop());
    await within(BROKER_MS, onStop(client));
    await within(BROKER_MS, client.endAsync());
  }
  stream.destroy();
  await closed;
  if (!accepted && (cause === undefined || isReset(cause)))
    return new Error("it was closed before the broker answered", { cause });
  return cause ?? new Error("the broker closed it");
}

function isReset(error: unknown): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" || code === "EPIPE";
}
