import type { Banner } from "./banner.ts";
import type { BoardLink } from "./board-link.ts";
import { BoardError } from "./conversation.ts";
import { isText } from "./is-text.ts";

/** What is at a port. */
export type Answerer =
  | { readonly kind: "board"; readonly banner: Banner }
  /** Something else that sends text, of which this is the beginning. */
  | { readonly kind: "text"; readonly text: string }
  /** Bytes that are no text: another baud rate, perhaps. */
  | { readonly kind: "noise" }
  | { readonly kind: "silence" };

/** A reset, the boot loader and the sketch's start take 2 seconds on an old Nano. */
const BOOT_MS = 3_000;
const ATTEMPTS = 2;
const MOST_TEXT = 60;

/**
 * Waits for the banner of a board whose port has just been opened, and asks for it when it does not come.
 * @param bootMs how long to wait for the banner, in milliseconds
 * @throws the signal's reason
 */
export async function whoAnswers(link: BoardLink, signal: AbortSignal, bootMs = BOOT_MS): Promise<Answerer> {
  const told = Promise.withResolvers<Banner>();
  let heard = Buffer.alloc(0);
  link.listen({
    frame: (frame) => frame.kind === "banner" && told.resolve(frame.banner),
    bytes: (chunk) => (heard = Buffer.concat([heard, chunk]).subarray(0, MOST_TEXT)),
  });
  const banner = (await within(told.promise, bootMs, signal)) ?? (await askFor(link, signal));
  if (banner !== undefined) return { kind: "board", banner };
  if (heard.length === 0) return { kind: "silence" };
  return isText(heard) ? { kind: "text", text: heard.toString("latin1") } : { kind: "noise" };
}

async function askFor({ connection, conversation }: BoardLink, signal: AbortSignal): Promise<Banner | undefined> {
  // Ends what may stand in the board's buffer.
  if (connection.stream.writable) connection.stream.write("\n");
  try {
    return await conversation.info(signal, ATTEMPTS);
  } catch (error) {
    if (error instanceof BoardError) return undefined;
    throw error;
  }
}

async function within<Result>(promise: Promise<Result>, ms: number, signal: AbortSignal): Promise<Result | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  const over = Promise.withResolvers<undefined>();
  limit.addEventListener("abort", () => over.resolve(undefined), { once: true });
  const result = await Promise.race([promise, over.promise]);
  signal.throwIfAborted();
  return result;
}
