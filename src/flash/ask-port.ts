import { type Answerer, BoardLink, whoAnswers } from "../board/index.ts";
import { withPort } from "./open-port.ts";

/** At which our sketch speaks. */
export const SKETCH_BAUD = 115_200;

/** Opens a port, which resets most boards, and finds out what is there. @throws as withPort does */
export function askPort(port: string, baud: number, signal: AbortSignal): Promise<Answerer> {
  return withPort(port, baud, signal, (connection, open) => whoAnswers(new BoardLink(connection, baud), open));
}
