import {
  excerpt,
  type InputContext,
  listUsbPorts,
  type SeenBoard,
  seenBoardsIn,
  type UsbPort,
  describeUsbPort,
  findUsbDevice,
} from "fieldline/plugin";
import type { ArduinoSettings } from "./settings.ts";

const MOST = 16;

/** The boards that were seen before, the latest first; none when the memory holds something else. */
export async function seenBoards(memory: InputContext["memory"]): Promise<SeenBoard[]> {
  return seenBoardsIn(await memory.load());
}

/** Remembers a board, in place of what was known of it. */
export async function rememberBoard(memory: InputContext["memory"], board: SeenBoard): Promise<void> {
  const before = await seenBoards(memory);
  const [latest] = before;
  if (latest !== undefined && JSON.stringify(latest) === JSON.stringify(board)) return;
  const others = before.filter(({ id }) => id !== board.id);
  await memory.save({ boards: [board, ...others].slice(0, MOST) });
}

/** The USB identity of a port, as it is remembered. */
export function usbIdentity({ vendor, product, serial }: UsbPort): string {
  return `${vendor}:${product}:${serial}`;
}

interface Roots {
  readonly sys: string;
  readonly dev: string;
}

/**
 * The device of `port: auto`: one that was seen before, or else the only one that is plugged in.
 * @throws Error that says what is plugged in, and what to set
 */
export async function findBoard(
  { usb, board }: Pick<ArduinoSettings, "usb" | "board">,
  seen: readonly SeenBoard[],
  roots: Roots,
): Promise<string> {
  if (usb !== undefined) return findUsbDevice(usb, roots);
  const ports = (await listUsbPorts(roots)).toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const first = ports.filter(({ device, path }) => ports.find((each) => each.device === device)?.path === path);
  const wanted = seen.filter(({ id }) => board === undefined || id === board.toUpperCase());
  const known = first.filter((port) => wanted.some((each) => each.usb === usbIdentity(port)));
  const choice = known.length > 0 ? known : first;
  const [only] = choice;
  if (only !== undefined && choice.length === 1) return only.path;
  if (only === undefined)
    throw new Error("no board is plugged in: no USB serial device is there; name a port if it is no USB device");
  const others = choice.map(describeUsbPort).join(", ");
  const which =
    board === undefined || known.length > 0
      ? ""
      : ` and the board ${excerpt(board)} has not been seen on one of them before:`;
  throw new Error(`${choice.length} serial devices are plugged in,${which} name one by port or usb: ${others}`);
}
