import type { Timestamp } from "./timestamp.ts";

/** What only the arrival could tell (a packet id, a retained flag, a sequence number), as short texts. */
export type Attributes = Readonly<Record<string, string>>;

/**
 * The attribute that says when a reading was taken, in nanoseconds since 1970, where an input can tell that from when
 * it came: its points without a time of their own have this one.
 */
export const MEASURED = "measured";

/** What an input received, unparsed, on its way into the journal. */
export interface Arrival {
  /** The topic, the port, the file: where within the input it came from. */
  readonly channel: string;
  readonly payload: Uint8Array;
  /** Receive time, from the agent's clock, which never gives the same one twice. */
  readonly time: Timestamp;
  readonly attributes?: Attributes | undefined;
}

/** An arrival that the journal holds. */
export interface Reading extends Arrival {
  /** The id of the input in the configuration. */
  readonly input: string;
  /** Its place in the journal. */
  readonly offset: number;
}
