import type { AnchorState } from "./anchor.ts";
import type { FileLayer } from "./files.ts";
import type { FoundSegment } from "./find-segment.ts";
import { hashSegment } from "./segment-hash.ts";
import type { Segment } from "./segment.ts";

/** The hash that the footer of the segment being filled will carry: that of the segment before it. */
export class HashChain {
  readonly #files: FileLayer;
  #filling: Segment | undefined;
  #before: Segment | undefined;
  #hash: Promise<Buffer | undefined>;

  /**
   * @param found the segments on disk; the last may be filled further
   * @param anchor knows the hash when the segment before the last has been removed
   */
  constructor(files: FileLayer, found: readonly FoundSegment[], anchor: AnchorState | undefined) {
    const last = found.at(-1);
    const before = found.at(-2);
    const named = last?.header?.previous?.first;
    this.#files = files;
    this.#filling = last;
    if (named === before?.first || last?.header === undefined) this.#before = before;
    const removed = named !== undefined && anchor?.segment === named ? anchor.hash : undefined;
    const known = removed === undefined ? undefined : Buffer.from(removed, "hex");
    this.#hash = this.#before === undefined ? Promise.resolve(known) : hashSegment(files, this.#before);
  }

  /** This segment is written to now: when it is another one, the one before is complete. */
  writing(segment: Segment): void {
    if (segment === this.#filling) return;
    this.#before = this.#filling;
    this.#filling = segment;
    this.#hash = this.#before === undefined ? Promise.resolve(undefined) : hashSegment(this.#files, this.#before);
  }

  /** The hash of the segment before the one that is written to; undefined when it could not be read. */
  get before(): Promise<Buffer | undefined> {
    return this.#hash;
  }

  /** The hash of any segment that is ended. */
  of(segment: Segment): Promise<Buffer | undefined> {
    return segment === this.#before ? this.#hash : hashSegment(this.#files, segment);
  }
}
