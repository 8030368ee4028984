import type { Output } from "../plugin/index.ts";

/** Counts what an output sends, in bytes: by its own account, or by the length of its points when it gives none. */
export class Meter {
  readonly #onSent: (bytes: number) => void;
  #telling = false;

  constructor(onSent: (bytes: number) => void) {
    this.#onSent = onSent;
  }

  /** The output's own account: see `OutputContext`. */
  sent(bytes: number): void {
    this.#telling = true;
    if (bytes > 0) this.#onSent(bytes);
  }

  /** The same output, with what it writes counted. */
  of(output: Output): Output {
    return {
      encode: (point, into) => output.encode(point, into),
      write: async (batch, signal) => {
        if (!this.#telling) this.#onSent(batch.bytes.length);
        return output.write(batch, signal);
      },
      close: async () => output.close?.(),
    };
  }
}
