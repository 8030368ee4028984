/** The version of firmware/PROTOCOL.md that this end speaks. */
export const WIRE_VERSION = 1;

/** What a board says of itself. */
export interface Banner {
  /** Of the wire; of another one than `WIRE_VERSION` the rest may mean something else. */
  readonly version: number;
  readonly firmware: string;
  /** The chip, such as `atmega328p`. */
  readonly board: string;
  /** Eight hexadecimal digits; undefined while the board has none. */
  readonly id: string | undefined;
  /** The host's name for the configuration, eight hexadecimal digits; undefined while it is incomplete. */
  readonly config: string | undefined;
  /** How often its memory has been lost. */
  readonly epoch: number;
  /** The sequence number that the next reading gets. */
  readonly next: number;
  /** So many readings before that are held. */
  readonly held: number;
  readonly channels: number;
  /** Milliseconds since its reset. */
  readonly clock: number;
}

const NOTHING = "00000000";

/** Reads `fieldline 1 KEY=VALUE...`; undefined when it is no banner, or lacks something of this version. */
export function bannerOf(text: string): Banner | undefined {
  const [name, version = "", ...pairs] = text.split(" ");
  if (name !== "fieldline" || !/^\d+$/.test(version)) return undefined;
  const values = new Map(pairs.map((pair) => pair.split("=", 2) as [string, string]));
  const number = (key: string) => Number(/^\d+$/.exec(values.get(key) ?? "")?.[0] ?? Number.NaN);
  const identity = (key: string) => (values.get(key) === NOTHING ? undefined : values.get(key));
  const banner: Banner = {
    version: Number(version),
    firmware: values.get("fw") ?? "",
    board: values.get("board") ?? "",
    id: identity("id"),
    config: identity("config"),
    epoch: number("epoch"),
    next: number("next"),
    held: number("held"),
    channels: number("channels"),
    clock: number("clock"),
  };
  const complete = ["epoch", "next", "held", "channels", "clock"].every((key) => !Number.isNaN(number(key)));
  return complete || banner.version !== WIRE_VERSION ? banner : undefined;
}
