const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0", "\\": "\\" };

/** What a person may write for a delimiter: any text, in which a backslash begins an escape. */
export const DELIMITER_PATTERN = /^(?:[^\\]|\\(?:[nrt0\\]|x[0-9a-fA-F]{2}))+$/;

/**
 * The bytes of a delimiter as it is written in a configuration: text in UTF-8, with the escapes \n \r \t \0 \\ and
 * \x00 for any byte.
 */
export function parseDelimiter(written: string): Uint8Array {
  const parts = written.split(/(\\(?:[nrt0\\]|x[0-9a-fA-F]{2}))/);
  return Buffer.concat(parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : unescape(part))));
}

function unescape(escape: string): Buffer {
  return escape[1] === "x" ? Buffer.from(escape.slice(2), "hex") : Buffer.from(ESCAPES[escape.slice(1)] ?? "");
}
