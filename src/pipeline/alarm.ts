import type { Journal } from "../journal/index.ts";

/** A wait for the journal that can be cut short. */
export class Alarm {
  #ring: () => void = () => undefined;

  /** Ends the present wait. */
  ring(): void {
    this.#ring();
  }

  /**
   * Waits until the journal has an entry at `from`.
   * @param ms the longest that it waits; undefined: no such limit
   * @returns false when the time is over or it rang before
   * @throws the signal's reason when aborted, Error when the journal is closed
   */
  async wait(journal: Journal, from: number, ms: number | undefined, signal: AbortSignal): Promise<boolean> {
    const limit = new AbortController();
    this.#ring = () => limit.abort();
    const timer = ms === undefined ? undefined : setTimeout(this.#ring, ms);
    signal.addEventListener("abort", this.#ring);
    try {
      signal.throwIfAborted();
      await journal.wait(from, limit.signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!limit.signal.aborted) throw error;
      return false;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", this.#ring);
    }
  }
}
