import { setTimeout as sleep } from "node:timers/promises";
import { bridgeAddress, type Connection, openBridge, openDevice, portHolders } from "../serial/index.ts";
import { FlashError } from "./flash-error.ts";

const WATCH_MS = 500;
/** How long avrdude, too, holds the line down, and how long it then waits. */
const DOWN_MS = 250;
const UP_MS = 50;

/** The command line of an agent, from a package or from a clone. */
const AGENT = /(fieldline|cli\/main\.[jt]s)( .*)? run\b/;

/** What is done with an open port; the signal aborts with the reason when the device is gone. */
export type OnPort<Result> = (connection: Connection, signal: AbortSignal) => Promise<Result>;

/**
 * Opens a port, which resets most boards, and closes it when the task is done.
 * @throws FlashError when an agent has it open; Error that says why it cannot be opened, or was lost; what the
 *   task throws
 */
export async function withPort<Result>(
  port: string,
  baud: number,
  signal: AbortSignal,
  task: OnPort<Result>,
): Promise<Result> {
  const address = bridgeAddress(port);
  if (address === undefined) await refuseAgents(port);
  const connection =
    address === undefined ? await openDevice(port, { baud }, WATCH_MS) : await openBridge(address, signal);
  const gone = new AbortController();
  void connection.lost.then((reason) => gone.abort(reason));
  try {
    return await task(connection, AbortSignal.any([signal, gone.signal]));
  } finally {
    await connection.close();
  }
}

/** Resets a board by its DTR line, also when opening the port has not. @throws the signal's reason */
export async function resetBoard({ setLines }: Connection, signal: AbortSignal): Promise<void> {
  if (setLines === undefined || !(await setLines(false))) return;
  await sleep(DOWN_MS, undefined, { signal });
  await setLines(true);
  await sleep(UP_MS, undefined, { signal });
}

/** Of other programs the lock tells; but those, too, may stand between, as socat does. */
async function refuseAgents(port: string): Promise<void> {
  const agent = (await portHolders(port)).find(({ command }) => AGENT.test(command));
  if (agent === undefined) return;
  throw new FlashError(
    `${port} is in use by a running Fieldline agent, process ${agent.pid}: stop it (kill ${agent.pid}, or ` +
      "systemctl stop fieldline where it is a service) and start it again afterwards",
  );
}
