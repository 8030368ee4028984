import type { Duplex } from "node:stream";

/** An open way to a device. */
export interface Connection {
  /** Where it leads: the device node, or the bridge. */
  readonly name: string;
  /** Its `data` events are what the device sends. */
  readonly stream: Duplex;
  /** Resolves with the reason when the device is gone; never rejects. */
  readonly lost: Promise<Error>;
  /** Sets DTR and RTS, by which boards are reset; resolves with false where there are none, as on a pseudo-terminal. */
  readonly setLines?: (on: boolean) => Promise<boolean>;
  /** Lets go of everything it holds, also when it is lost. Never rejects; may be called again. */
  close(): Promise<void>;
}
