import { isFull } from "./files.ts";

/** Gives room on a full disk to somebody who has to write little: `Journal.spare`. */
export type Spare = () => Promise<void>;

export const NOTHING_TO_SPARE: Spare = async () => undefined;

/** Writes, and when the disk is full once more with the room that is set aside. @throws what `write` throws then */
export async function sparing<T>(write: () => Promise<T>, spare: Spare): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isFull(error)) throw error;
    await spare();
    return write();
  }
}
