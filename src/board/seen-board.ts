/** What an input remembers of a board: its USB device, by which it is found again, and its baud rate. */
export interface SeenBoard {
  readonly id: string;
  readonly baud: number;
  readonly path: string;
  /** `vendor:product:serial`; empty where it is no USB device. */
  readonly usb: string;
}

/** The boards in an input's memory, the latest first; none when it holds something else. */
export function seenBoardsIn(memory: unknown): SeenBoard[] {
  const { boards } = (memory ?? {}) as { readonly boards?: unknown };
  return Array.isArray(boards) ? boards.filter(isSeenBoard) : [];
}

function isSeenBoard(value: unknown): value is SeenBoard {
  const { id, baud, path, usb } = (value ?? {}) as Partial<SeenBoard>;
  return [id, path, usb].every((each) => typeof each === "string") && typeof baud === "number";
}
