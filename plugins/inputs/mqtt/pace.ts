/** What mosquitto sends at most before it waits for acknowledgements, unless it is told otherwise. */
const USUAL_WINDOW = 20;
/** New messages so soon after acknowledgements are there because of them. */
const BROUGHT_WITHIN_MS = 10;

/** Tells whether a broker waits for acknowledgements before it sends on. */
export class Pace {
  readonly #window: number;
  #unacknowledged = 0;
  #acknowledgedAt = Number.NEGATIVE_INFINITY;
  #judged = true;
  #brought = false;

  /** @param window how many messages the broker sends unacknowledged, where that is known */
  constructor(window = USUAL_WINDOW) {
    this.#window = window;
  }

  /** So many messages that want an acknowledgement arrived at `now` milliseconds. */
  arrived(messages: number, now: number): void {
    if (messages === 0) return;
    this.#unacknowledged += messages;
    if (this.#judged) return;
    this.#judged = true;
    this.#brought = now - this.#acknowledgedAt <= BROUGHT_WITHIN_MS;
  }

  /** So many acknowledgements left at `now` milliseconds. */
  acknowledged(messages: number, now: number): void {
    this.#unacknowledged -= messages;
    this.#acknowledgedAt = now;
    this.#judged = false;
  }

  /** Messages without an acknowledgement. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** Half of the window is used up, or the last acknowledgements brought new messages at once. */
  get senderWaits(): boolean {
    return this.#unacknowledged > 0 && (this.#brought || this.#unacknowledged * 2 >= this.#window);
  }
}
