/** What mosquitto sends at most before it waits for acknowledgements, unless it is told otherwise. */
const USUAL_WINDOW = 20;
/** New messages so soon after acknowledgements are there because of them. */
const BROUGHT_WITHIN_MS = 10;

/** Tells whether a broker waits for acknowledgements before it sends on. */
export class Pace {
  /** Where it is known. */
  readonly #window: number | undefined;
  #unacknowledged = 0;
  #most = 0;
  #acknowledgedAt = Number.NEGATIVE_INFINITY;
  #judged = true;
  #brought = false;
  #twoSteps = false;

  /** @param window how many messages the broker sends unacknowledged, where that is known */
  constructor(window?: number) {
    this.#window = window;
  }

  /** So many messages that want an acknowledgement arrived at `now` milliseconds. */
  arrived(messages: number, now: number): void {
    if (messages === 0) return;
    this.#unacknowledged += messages;
    if (this.#unacknowledged > this.#most) this.#most = this.#unacknowledged;
    if (this.#judged) return;
    this.#judged = true;
    this.#brought = now - this.#acknowledgedAt <= BROUGHT_WITHIN_MS;
  }

  /** Some messages are of QoS 2: what is in its second step takes a place of the window, and is not seen here. */
  twoSteps(): void {
    this.#twoSteps = true;
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

  /**
   * Half of the window is used up, or all of one that is smaller: the last acknowledgements brought as many new messages
   * at once as were ever unacknowledged. A stream that comes at its own pace soon leaves more unacknowledged than that.
   */
  get senderWaits(): boolean {
    const window = this.#window ?? USUAL_WINDOW;
    if (this.#unacknowledged === 0) return false;
    return (
      (this.#brought && (this.#twoSteps || this.#unacknowledged === this.#most)) || this.#unacknowledged * 2 >= window
    );
  }

  /** As much is unacknowledged as the broker has ever let be: it sends no more. */
  get windowIsFull(): boolean {
    return this.#unacknowledged >= (this.#window ?? this.#most);
  }
}
