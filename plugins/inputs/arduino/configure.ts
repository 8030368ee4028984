import { randomBytes } from "node:crypto";
import { type Banner, BoardError, type BoardLink, FIRMWARE_VERSION, isOlderFirmware } from "fieldline/plugin";
import { configurationHash } from "./channels.ts";

/** Told with each configuration, so that another way to tell the board the same is another configuration. */
const VERSION = "1";

/** The host's name for channels as a board is told them. */
export function configurationOf(channels: readonly string[]): string {
  return configurationHash([VERSION, ...channels]);
}

/** The command that sets a channel. */
export function orderOf(index: number, channel: string): string {
  return `channel ${index} ${channel}`;
}

/**
 * Tells a board its channels.
 * @param inUse so many of its first channels may be on; undefined when that is not known
 * @param names of the channels, for people
 * @throws BoardError that says which sensor it refuses and what to do; the signal's reason
 */
export async function configure(
  { conversation }: BoardLink,
  banner: Banner,
  inUse: number | undefined,
  channels: readonly string[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (channels.length > banner.channels)
    throw new BoardError(`the board has ${banner.channels} channels, and the configuration ${channels.length} sensors`);
  // To turn off what may be off costs seconds of EEPROM, and `clear` stops the counters: neither more often than needed.
  if (inUse === undefined) await conversation.order("clear", signal);
  for (let index = 0; index < Math.max(channels.length, inUse ?? 0); index++)
    await conversation
      .order(orderOf(index, channels[index] ?? "kind=off"), signal)
      .catch((error: unknown) => refused(error, names[index] ?? "", banner));
  await conversation.order(`keep ${configurationOf(channels)}`, signal);
}

function refused(error: unknown, name: string, { firmware }: Banner): never {
  if (!(error instanceof BoardError) || error.reason === undefined) throw error;
  const hint =
    error.reason === "kind" || isOlderFirmware(firmware)
      ? `; its firmware is ${firmware}, and \`fieldline flash\` puts ${FIRMWARE_VERSION} there`
      : "";
  throw new BoardError(`the board refuses the sensor "${name}" for its ${error.reason}${hint}`, error.reason);
}

/** Gives a board without an identity one, and returns it. @throws BoardError; the signal's reason */
export async function giveId({ conversation }: BoardLink, signal: AbortSignal): Promise<string> {
  await conversation.order(`id ${newId()}`, signal).catch((error: unknown) => {
    // The answer to a first try was lost.
    if (!(error instanceof BoardError) || error.reason !== "taken") throw error;
  });
  const { id } = await conversation.info(signal);
  if (id === undefined)
    throw new BoardError("the board does not keep its identity: its EEPROM is worn out, or damaged");
  return id;
}

function newId(): string {
  const id = randomBytes(4).toString("hex").toUpperCase();
  return id === "00000000" ? newId() : id;
}
