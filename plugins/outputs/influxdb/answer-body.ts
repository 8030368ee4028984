import type { Answer } from "./connection.ts";

/** What an answer says. */
export interface AnswerBody {
  /** In the store's own words; of a page in HTML or of nothing, what there is. */
  readonly words: string;
  /** What 3.x says of single lines. */
  readonly data: unknown;
}

/** Reads the JSON of the stores, `error` in 1.x and 3.x, `message` in 2.x, or takes the text as it is. */
export function readBody({ text, headers }: Answer): AnswerBody {
  const header = headers["x-influxdb-error"];
  const fallback = text.trim() === "" && typeof header === "string" ? header : text.trim();
  try {
    const json = JSON.parse(text) as { error?: unknown; message?: unknown; data?: unknown } | null;
    const words = [json?.error, json?.message].find((value) => typeof value === "string");
    return { words: words ?? fallback, data: json?.data };
  } catch {
    return { words: fallback, data: undefined };
  }
}
