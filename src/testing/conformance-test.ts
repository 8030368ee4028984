/** One thing that the contract asks of every plugin. */
export interface ConformanceTest {
  /** What holds, as a sentence. */
  readonly name: string;
  /** @throws Error that says what does not hold */
  readonly run: () => void | Promise<void>;
}
