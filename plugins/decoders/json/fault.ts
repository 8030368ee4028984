import { excerpt } from "fieldline/plugin";

const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
const SPACE = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/**
 * Says where a text that is not JSON stops being it, and what JSON would have there; the engine's own messages name
 * the place only now and then.
 */
export function findFault(text: string): string {
  const scanner = new Scanner(text);
  const expected = scanner.scan();
  const before = text.slice(0, scanner.at).split("\n");
  const found = scanner.at >= text.length ? "the end" : excerpt(text.slice(scanner.at), 16);
  return `expected ${expected} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}, found ${found}`;
}

class Scanner {
  readonly #text: string;
  /** The brackets that are still to come. */
  readonly #closing: ("]" | "}")[] = [];
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Goes to the first fault. @returns what should stand there */
  scan(): string {
    let fault = this.#value();
    while (fault === undefined) fault = this.#afterValue();
    return fault;
  }

  /** Reads a scalar, an empty list or map, or the beginning of a list or map up to its first scalar. */
  #value(): string | undefined {
    for (;;) {
      this.#match(SPACE);
      if (!this.#opens("[", "]") && !this.#opens("{", "}")) return this.#scalar();
      this.#match(SPACE);
      if (this.#text[this.at] === this.#closing.at(-1)) return undefined;
      const fault = this.#closing.at(-1) === "}" ? this.#key() : undefined;
      if (fault !== undefined) return fault;
    }
  }

  #afterValue(): string | undefined {
    this.#match(SPACE);
    const closing = this.#closing.at(-1);
    if (closing === undefined) return "the end";
    if (this.#take(closing)) {
      this.#closing.pop();
      return undefined;
    }
    if (!this.#take(",")) return `a comma or ${closing}`;
    return (closing === "}" ? this.#key() : undefined) ?? this.#value();
  }

  #key(): string | undefined {
    this.#match(SPACE);
    if (this.#text[this.at] !== '"') return "a name in double quotes";
    const fault = this.#string();
    this.#match(SPACE);
    return fault ?? (this.#take(":") ? undefined : "a colon");
  }

  #scalar(): string | undefined {
    if (this.#text[this.at] === '"') return this.#string();
    return this.#match(LITERAL) ? undefined : "a value";
  }

  #string(): string | undefined {
    this.at += 1;
    while (this.at < this.#text.length) {
      const code = this.#text.charCodeAt(this.at);
      if (code === 0x22) {
        this.at += 1;
        return undefined;
      }
      if (code < 0x20) return "no control character in a text";
      if (code !== 0x5c) this.at += 1;
      else if (!this.#match(ESCAPE)) return 'an escape such as \\" or \\u00e9';
    }
    return "a closing quote";
  }

  #opens(opening: string, closing: "]" | "}"): boolean {
    const opens = this.#take(opening);
    if (opens) this.#closing.push(closing);
    return opens;
  }

  #take(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  /** Goes past what a sticky pattern matches here. */
  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.#text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}
