import {
  type Banner,
  bridgeAddress,
  BoardError,
  BoardLink,
  type InputContext,
  listUsbPorts,
  openBridge,
  openDevice,
  reasonOf,
} from "fieldline/plugin";
import { giveId } from "./configure.ts";
import { greet, WrongBaud } from "./greet.ts";
import { reasonAgainstChip } from "./models.ts";
import { findBoard, rememberBoard, seenBoards, usbIdentity } from "./remembered.ts";
import type { ArduinoSettings } from "./settings.ts";

/** Where devices are found, and how long things take, in milliseconds. */
export interface Surroundings {
  readonly sys: string;
  readonly dev: string;
  readonly watchMs: number;
  readonly bootMs: number;
  readonly reportMs: number;
  /** Shorter than this no board is silent. */
  readonly silenceMs: number;
}

/** Rates that sketches are built with, likely ones first. */
const USUAL_BAUDS = [115_200, 57_600, 9_600, 38_400, 230_400, 250_000, 500_000, 1_000_000];

export interface OpenBoard {
  readonly link: BoardLink;
  readonly banner: Banner;
}

/**
 * Opens the port of a board and has it say what it is, at the usual baud rates in turn when it says nothing that makes
 * sense.
 * @throws Error that says what to do
 */
export async function openBoard(
  settings: ArduinoSettings,
  { memory, log, observing }: Pick<InputContext, "memory" | "log" | "observing">,
  around: Surroundings,
  signal: AbortSignal,
): Promise<OpenBoard> {
  const { bootMs } = around;
  const seen = await seenBoards(memory);
  const { port, baud } = settings;
  const address = bridgeAddress(port);
  if (address !== undefined) {
    const link = new BoardLink(await openBridge(address, signal), baud);
    return greeted(link, settings, { bootMs, observing }, signal);
  }
  const path = port === "auto" ? await findBoard(settings, seen, around) : port;
  const usb = (await listUsbPorts(around)).find((each) => each.path === path);
  const identity = usb === undefined ? "" : usbIdentity(usb);
  const likely = seen.find((board) => (usb === undefined ? board.path === path : board.usb === identity))?.baud;
  const bauds = [...new Set([likely ?? baud, baud, ...USUAL_BAUDS])];
  const opened = await openAtSomeBaud(bauds, async (rate) => {
    const link = new BoardLink(await openDevice(path, { baud: rate }, around.watchMs), rate);
    return greeted(link, settings, { bootMs, observing }, signal);
  });
  const { banner, link } = opened;
  if (link.baud !== baud)
    log.warn({}, `the board on ${path} speaks ${link.baud} baud, not ${baud}: set baud: ${link.baud}`);
  if (banner.id !== undefined)
    await rememberBoard(memory, { id: banner.id, baud: link.baud, path, usb: identity }).catch((error: unknown) =>
      log.warn({}, `the board is not remembered, by which it is found among others: ${reasonOf(error)}`),
    );
  return opened;
}

/** @throws what the first baud rate met: the others are guesses */
async function openAtSomeBaud(
  bauds: readonly number[],
  open: (baud: number) => Promise<OpenBoard>,
): Promise<OpenBoard> {
  let first: unknown;
  for (const baud of bauds) {
    try {
      return await open(baud);
    } catch (error) {
      first ??= error;
      // Where there is no noise another rate is no help: the board is silent, or says something else.
      if (!(error instanceof WrongBaud)) break;
    }
  }
  throw first;
}

/** Greets a board; one that has no identity gets one. The link is closed when that fails. */
async function greeted(
  link: BoardLink,
  { board, model }: ArduinoSettings,
  { bootMs, observing }: Pick<Surroundings, "bootMs"> & Pick<InputContext, "observing">,
  signal: AbortSignal,
): Promise<OpenBoard> {
  try {
    const banner = await Promise.race([
      greet(link, bootMs, signal),
      link.connection.lost.then((reason) => Promise.reject(reason)),
    ]);
    const wrongModel = reasonAgainstChip(banner.board, model);
    if (wrongModel !== undefined) throw new BoardError(wrongModel);
    if (board === undefined && banner.id === undefined && !observing)
      return { link, banner: { ...banner, id: await giveId(link, signal) } };
    if (board === undefined || banner.id === board.toUpperCase()) return { link, banner };
    throw new BoardError(`the board on ${link.connection.name} is ${banner.id ?? "one without an id"}, not ${board}`);
  } catch (error) {
    await link.close();
    throw error;
  }
}
