/** What a pattern says about one topic. */
export interface Captures {
  readonly measurement?: string;
  readonly field?: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** A topic as the configuration writes it: an MQTT filter whose levels, or parts of them, may have names. */
export interface Pattern {
  /** What the broker is asked for, with `$share/GROUP/` where there is one. */
  readonly subscription: string;
  /** The same without `$share/GROUP/`: what topics are compared with. */
  readonly filter: string;
  /** The filter with `sensor-+` for `sensor-{id}`, which no broker understands: which topics are really taken. */
  readonly scope: string;
  /** Whether a topic matches. */
  readonly takes: (topic: string) => boolean;
  /** What the topic's named parts are; undefined for a topic that does not match. Empty parts are left out. */
  readonly match: (topic: string) => Captures | undefined;
}

const SHARE = /^\$share\/([^/+#]+)\/(.+)$/;
const CAPTURE = /\{([^{}]*?)(\.\.\.)?\}/g;
const NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/**
 * Reads a topic pattern: `+` and `#` as in MQTT 3.1.1 section 4.7, `{name}` for one level or part of one, `{name...}`
 * for all the levels that are left, `$share/GROUP/` before any of them.
 * @throws Error that says what is wrong with it, as a sentence without a full stop
 */
export function parsePattern(text: string): Pattern {
  const share = SHARE.exec(text);
  if (text.startsWith("$share/") && share === null)
    throw new Error(`${show(text)} is no shared subscription: write $share/GROUP/TOPIC`);
  const levels = (share?.[2] ?? text).split("/");
  checkText(text, levels);
  const names: string[] = [];
  const expressions = levels.map((level, index) => levelExpression(text, level, index === levels.length - 1, names));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`{${twice}} stands twice in ${show(text)}: give each capture its own name`);
  const filter = levels.map(levelFilter).join("/");
  const expression = new RegExp(`^${startsOpen(filter) ? "(?!\\$)" : ""}${joinLevels(expressions)}$`, "su");
  return {
    filter,
    scope: levels.map((level) => (level.endsWith("...}") ? "#" : level.replaceAll(CAPTURE, "+"))).join("/"),
    subscription: share === null ? filter : `$share/${share[1]}/${filter}`,
    takes: (topic) => expression.test(topic),
    match: (topic) => {
      const found = expression.exec(topic);
      return found === null ? undefined : capturesOf(names, found);
    },
  };
}

function show(text: string): string {
  return JSON.stringify(text);
}

function checkText(text: string, levels: readonly string[]): void {
  if (text === "") throw new Error("a topic cannot be empty: # takes every topic");
  if (text.includes("\0") || Buffer.byteLength(text) > 65_535)
    throw new Error("a topic has no NUL character and at most 65535 bytes");
  for (const [index, level] of levels.entries()) {
    if (level.includes("#") && (level !== "#" || index !== levels.length - 1))
      throw new Error(`# stands alone and last in a topic, not as in ${show(text)}`);
    if (level.includes("+") && level !== "+")
      throw new Error(`+ takes a whole level, not as in ${show(text)}: {name} takes a part of one`);
  }
}

/** The regular expression of one level; its captures are added to `names`. */
function levelExpression(text: string, level: string, last: boolean, names: string[]): string {
  if (level === "#") return ".*";
  if (level === "+") return "[^/]*";
  let expression = "";
  let end = 0;
  for (const found of level.matchAll(CAPTURE)) {
    const [whole, name = "", rest] = found;
    if (!NAME.test(name))
      throw new Error(`${show(whole)} in ${show(text)} is no capture: a name has letters, digits, _ and -`);
    if (rest !== undefined && (whole !== level || !last))
      throw new Error(`${whole} takes all the levels that are left: it stands alone and last, not as in ${show(text)}`);
    names.push(name);
    expression += literal(text, level.slice(end, found.index));
    expression += rest !== undefined ? "(.*)" : whole === level ? "([^/]*)" : "([^/]+?)";
    end = found.index + whole.length;
  }
  return expression + literal(text, level.slice(end));
}

function literal(text: string, part: string): string {
  if (/[{}]/.test(part)) throw new Error(`a brace is left open in ${show(text)}: captures are {name} or {name...}`);
  return part.replaceAll(/[\\^$.*+?()[\]|]/g, String.raw`\$&`);
}

function levelFilter(level: string): string {
  return level.endsWith("...}") ? "#" : level.includes("{") ? "+" : level;
}

/** A last `#` takes the level above it too: `a/#` matches `a`. */
function joinLevels(expressions: readonly string[]): string {
  const last = expressions.at(-1) ?? "";
  if (expressions.length === 1 || (!last.endsWith(".*") && last !== "(.*)")) return expressions.join("/");
  return `${expressions.slice(0, -1).join("/")}(?:/${last})?`;
}

/** Wildcards at the start take no topic that begins with `$` (MQTT 3.1.1 section 4.7.2). */
function startsOpen(filter: string): boolean {
  return filter.startsWith("+") || filter.startsWith("#");
}

function capturesOf(names: readonly string[], found: RegExpExecArray): Captures {
  const tags = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const value = found[index + 1];
    if (value !== undefined && value !== "") tags.set(name, value);
  }
  const measurement = take(tags, "measurement");
  const field = take(tags, "field");
  return { tags, ...(measurement === undefined ? {} : { measurement }), ...(field === undefined ? {} : { field }) };
}

function take(tags: Map<string, string>, name: string): string | undefined {
  const value = tags.get(name);
  tags.delete(name);
  return value;
}
