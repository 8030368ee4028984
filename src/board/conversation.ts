import type { Banner } from "./banner.ts";
import { commandText } from "./command.ts";

/** An EEPROM write takes up to 0.3 s, and a command that comes meanwhile may be lost. */
const ANSWER_MS = 2_000;
const ATTEMPTS = 4;
const DAMAGED = "error command crc";

/** The board has not answered a command, or has refused it. */
export class BoardError extends Error {
  override readonly name = "BoardError";
  /** Why it refuses, in the word of firmware/PROTOCOL.md. */
  readonly reason: string | undefined;

  constructor(message: string, reason?: string) {
    super(message);
    this.reason = reason;
  }
}

/** What the board says meanwhile is kept, up to so many answers. */
const MOST_ANSWERS = 16;

type Said = string | Banner;

/** Commands and their answers, one at a time: a board takes no second one before it has answered the first. */
export class Conversation {
  readonly #write: (text: string) => void;
  readonly #answerMs: number;
  #last: Promise<unknown> = Promise.resolve();
  /** What was said since a command was sent; undefined while nothing is asked. */
  #said: Said[] | undefined;
  #wake: () => void = () => {};
  /** A command was sent whose answer may still come, and would be taken for that of the next one. */
  #owed = false;

  /**
   * @param write puts text on the line to the board
   * @param answerMs how long to wait for an answer
   */
  constructor(write: (text: string) => void, answerMs = ANSWER_MS) {
    this.#write = write;
    this.#answerMs = answerMs;
  }

  /** To be given every answer and banner. */
  take(said: Said): void {
    if (this.#said === undefined || this.#said.length === MOST_ANSWERS) return;
    this.#said.push(said);
    this.#wake();
  }

  /** Asks what the board is. @throws BoardError when it does not answer; the signal's reason */
  async info(signal: AbortSignal, attempts = ATTEMPTS): Promise<Banner> {
    return this.#inTurn(() => this.#infoNow(signal, attempts));
  }

  /** Has the board carry out a command. @throws BoardError when it refuses or does not answer; the signal's reason */
  async order(words: string, signal: AbortSignal): Promise<void> {
    const [name = ""] = words.split(" ", 1);
    const isAnswer = (said: Said) =>
      typeof said === "string" && (said === `ok ${name}` || said.startsWith(`error ${name} `));
    const answer = await this.#inTurn(async () => {
      if (this.#owed) await this.#infoNow(signal);
      return this.#ask(words, isAnswer, signal);
    });
    if (answer === `ok ${name}`) return;
    const reason = typeof answer === "string" ? answer.slice(`error ${name} `.length) : "";
    throw new BoardError(`the board refuses "${words}": ${reason}`, reason);
  }

  #inTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const asked = this.#last.then(ask);
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  /** What was owed before a banner has come before it; a banner too many does no harm. */
  async #infoNow(signal: AbortSignal, attempts = ATTEMPTS): Promise<Banner> {
    const banner = await this.#ask("info", (said) => typeof said !== "string", signal, attempts);
    this.#owed = false;
    return banner as Banner;
  }

  /** Sends a command until what counts as its answer comes; a damaged one is sent again at once. */
  async #ask(
    words: string,
    isAnswer: (said: Said) => boolean,
    signal: AbortSignal,
    attempts = ATTEMPTS,
  ): Promise<Said> {
    let owed = 0;
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        signal.throwIfAborted();
        this.#said = [];
        this.#write(commandText(words));
        owed += 1;
        const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#answerMs)]);
        for (let said = await this.#next(limit); said !== undefined; said = await this.#next(limit)) {
          const isDamaged = said === DAMAGED;
          if (isDamaged || isAnswer(said)) owed -= 1;
          if (isDamaged) break;
          if (isAnswer(said)) return said;
        }
      }
    } finally {
      this.#said = undefined;
      this.#owed ||= owed > 0;
    }
    signal.throwIfAborted();
    throw new BoardError(`the board does not answer "${words}"`);
  }

  /** What the board says next; undefined when the signal aborts before. */
  async #next(signal: AbortSignal): Promise<Said | undefined> {
    while (this.#said?.length === 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
    }
    return this.#said?.shift();
  }
}
