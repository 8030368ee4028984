/** A reading or a point that no retry can save, and why. */
export interface Reject {
  /** Where it failed: `decode`, a processor's id, `encode`, or `write`. */
  readonly step: string;
  readonly input: string;
  readonly channel: string;
  readonly offset: number;
  readonly reason: string;
  /** The point in line protocol, where there was one. */
  readonly line?: string | undefined;
}
