interface Waiter {
  readonly from: number;
  readonly wake: () => void;
  readonly fail: (error: Error) => void;
}

/** Readers that wait for the journal's end to pass an offset. */
export class Waiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves at the first `wake` with an end after `from`. @throws the signal's reason */
  wait(from: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiters.delete(waiter);
      signal.removeEventListener("abort", abort);
    };
    const fail = (error: Error) => {
      leave();
      reject(error);
    };
    const abort = () => fail(signal.reason as Error);
    const wake = () => {
      leave();
      resolve();
    };
    const waiter: Waiter = { from, wake, fail };
    this.#waiters.add(waiter);
    signal.addEventListener("abort", abort);
    return promise;
  }

  wake(end: number): void {
    for (const waiter of this.#waiters) if (end > waiter.from) waiter.wake();
  }

  fail(error: Error): void {
    for (const waiter of this.#waiters) waiter.fail(error);
  }
}
