/**
 * Why a sink did not take a batch:
 * `refused` these points are wrong (400, 422); `too_large` send less at once (413); `busy` wait as told (429, 503);
 * `denied` somebody has to change something, and until then it is kept (401, 403, 404, any other status);
 * `unavailable` try again (5xx, timeouts, refused connections, TLS);
 * `gone` this process will never reach it again (the reader of a pipe went away): the rest waits for the next start.
 */
export type WriteErrorKind = "refused" | "too_large" | "busy" | "denied" | "unavailable" | "gone";

/** Thrown by an output's `write`; the outlet alone decides what happens to the points. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly kind: WriteErrorKind;
  /** How long the sink asked to be left alone. */
  readonly retryAfterMs: number | undefined;

  /** @param message what the sink said, in its own words, without secrets */
  constructor(
    kind: WriteErrorKind,
    message: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}
