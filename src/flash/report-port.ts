import type { Answerer, SeenBoard } from "../board/index.ts";
import type { ListedPort } from "../serial/index.ts";
import { askPort, SKETCH_BAUD } from "./ask-port.ts";
import { boardSeenOn } from "./known-port.ts";

/** What is known of one port: who answers there, why that could not be found out, or that it was not opened. */
export type PortReport = ListedPort &
  (Answerer | { readonly kind: "not asked" } | { readonly kind: "failed"; readonly reason: string });

/**
 * Asks who is at a port, if a board that was seen before is there or the user has named it: to open a port resets what is behind it.
 * @throws the signal's reason
 */
export async function reportPort(
  port: ListedPort,
  seen: readonly SeenBoard[],
  isNamed: boolean,
  signal: AbortSignal,
): Promise<PortReport> {
  const known = boardSeenOn(port, seen);
  if (!isNamed && known === undefined) return { ...port, kind: "not asked" };
  try {
    return { ...port, ...(await askPort(port.path, known?.baud ?? SKETCH_BAUD, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    return { ...port, kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}
