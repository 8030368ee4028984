import { type EncodedBatch, type PartialWrite, textsOf, WriteError } from "fieldline/plugin";
import { readBody } from "./answer-body.ts";
import type { Answer } from "./connection.ts";
import { namedLines } from "./named-lines.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Api, Target } from "./target.ts";

const MAX_WORDS = 400;

/**
 * What the answer to a write means for its batch: nothing when all was written, else what was not.
 * @throws WriteError
 */
export function judge(answer: Answer, batch: EncodedBatch, target: Target): PartialWrite | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  if (status !== 400 && status !== 422) throw failure(answer, target);
  const named = namedLines(readBody(answer), textsOf(batch));
  if (named === undefined) throw failure(answer, target);
  const reasons = new Map(named.rejected.map(({ index, reason }) => [index, show(reason, target)]));
  const rejected = [...reasons].map(([index, reason]) => ({ index, reason }));
  if (named.restWritten) return { rejected };
  // Whether the others were written is not said; writing a point again changes nothing.
  return { rejected, retry: [...batch.ends.keys()].filter((index) => !reasons.has(index)) };
}

/** The error for an answer that is no success: its kind, the store's words, and what to do. */
export function failure(answer: Answer, target: Target): WriteError {
  const { status } = answer;
  const { words } = readBody(answer);
  const said = words === "" ? "" : `: ${show(words, target)}`;
  const message = (hint = "") => `${target.origin} answered ${status}${said}${hint}`;
  if (status === 400 || status === 422) return new WriteError("refused", message());
  if (status === 413) return new WriteError("too_large", message());
  const wait = retryAfterMs(answer);
  if (status === 429 || (status === 503 && wait !== undefined))
    return new WriteError("busy", message(), { retryAfterMs: wait });
  if (status >= 500 && status < 600) return new WriteError("unavailable", message());
  return new WriteError("denied", message(hint(answer, words, target)));
}

const ACCOUNT: Readonly<Record<Api, string>> = {
  v1: '"username" and "password"',
  v2: '"token"',
  v3: '"token"',
};

function hint({ status, headers }: Answer, words: string, { api }: Target): string {
  if (status === 401) return `; check ${ACCOUNT[api]}`;
  if (status === 403) return `; allow the owner of ${ACCOUNT[api]} to write there`;
  if (status === 404 && api === "v1" && isNoDatabase(words))
    return '; check "database", or set "create_database: true"';
  if (status === 404) return `; check "url"${api === "v2" ? ', "org" and "bucket"' : ' and "database"'}`;
  if (status >= 300 && status < 400) return redirection(headers["location"]);
  return '; is "url" the address of the store itself?';
}

/** Says where to without the query, which may hold secrets. */
function redirection(location: string | string[] | undefined): string {
  const base = "http://relative.invalid";
  if (typeof location !== "string" || !URL.canParse(location, base)) return "; redirects are not followed: check url";
  const { origin, pathname } = new URL(location, base);
  return `; redirects are not followed: check url (it points to ${origin === base ? "" : origin}${pathname})`;
}

/** True when 1.x says that there is no such database. */
export function isNoDatabase(words: string): boolean {
  return words.startsWith("database not found");
}

/** Words of the store, short, on one line, and without secrets that it or a proxy repeats. */
export function show(words: string, { secrets }: Target): string {
  let shown = words;
  for (const secret of secrets) shown = shown.replaceAll(secret, "***");
  shown = shown.replaceAll(/\s+/g, " ").trim();
  return shown.length <= MAX_WORDS ? shown : `${shown.slice(0, MAX_WORDS)}...`;
}
