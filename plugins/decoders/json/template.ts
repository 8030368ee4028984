import { type Layout, layoutOf } from "./layout.ts";
import type { Scalar } from "./scalar.ts";
import { type ScalarReader, startsWith } from "./scalar-reader.ts";
import type { Selection } from "./selection.ts";
import { type Skeleton, skeletonOf } from "./skeleton.ts";
import { treeOf } from "./tree.ts";

/** What each scalar, point, tag and field of a template takes in memory beside its texts, about. */
const PART_BYTES = 100;

/** All documents that are alike but for their scalars, and what is taken of them. */
export class Template {
  readonly layout: Layout;
  /** The scalars of the document that matched last. */
  readonly values: (Scalar | null)[];
  readonly #literals: readonly Uint8Array[];

  /** Learns from a document that is JSON; its bytes are copied. @throws RangeError when it is nested too deeply */
  constructor(document: Uint8Array, { places }: Skeleton, selection: Selection) {
    const bytes = Uint8Array.from(document);
    const bounds = [0, ...places, bytes.length];
    this.#literals = Array.from({ length: bounds.length / 2 }, (_, index) =>
      bytes.subarray(bounds[2 * index], bounds[2 * index + 1]),
    );
    this.values = Array.from({ length: this.#literals.length - 1 }, () => null);
    this.layout = layoutOf(treeOf(this.#literals), selection);
  }

  /** About how many bytes of memory it takes: of a small document there may be many points, and fields with long names. */
  get size(): number {
    const { points } = this.layout;
    let parts = this.#literals.length + points.length;
    let size = 0;
    for (const literal of this.#literals) size += literal.length;
    for (const { tags, fields } of points) {
      parts += tags.length + fields.length;
      for (const field of fields) size += typeof field === "string" ? field.length : (field.name?.length ?? 0);
    }
    return size + parts * PART_BYTES;
  }

  /** Whether a document is such a one; then `values` are its scalars. */
  matches(document: Uint8Array, reader: ScalarReader): boolean {
    const literals = this.#literals;
    let at = 0;
    for (let index = 0; index < literals.length; index++) {
      const literal = literals[index] as Uint8Array;
      if (!startsWith(document, at, literal)) return false;
      at += literal.length;
      if (index === this.values.length) break;
      at = reader.read(document, at);
      if (at === -1) return false;
      this.values[index] = reader.value;
    }
    return at === document.length;
  }
}

/** Templates are kept for so many kinds of documents, and as long as they take so much memory, each and in all. */
const MOST = 256;
const LARGEST = 2 ** 19;
const MOST_BYTES = 2 ** 23;

/** Finds the template of a document. */
export class Templates {
  readonly #selection: Selection;
  readonly #reader: ScalarReader;
  readonly #byHash = new Map<number, Template>();
  #last: Template | undefined;
  #size = 0;

  constructor(selection: Selection, reader: ScalarReader) {
    this.#selection = selection;
    this.#reader = reader;
  }

  /** The template that a document matches, when there is one already. */
  find(document: Uint8Array): Template | undefined {
    if (this.#last?.matches(document, this.#reader) === true) return this.#last;
    if (this.#byHash.size < 2) return undefined;
    const other = this.#byHash.get(skeletonOf(document).hash);
    if (other === undefined || !other.matches(document, this.#reader)) return undefined;
    this.#last = other;
    return other;
  }

  /** A new template of a document that is JSON. @throws RangeError when it is nested too deeply */
  learn(document: Uint8Array): Template {
    const skeleton = skeletonOf(document);
    const template = new Template(document, skeleton, this.#selection);
    if (!template.matches(document, this.#reader)) throw new Error("a document does not match what was learned of it");
    const { size } = template;
    if (size > LARGEST) return template;
    if (this.#byHash.size >= MOST || this.#size + size > MOST_BYTES) {
      this.#byHash.clear();
      this.#size = 0;
    }
    this.#size += size;
    this.#byHash.set(skeleton.hash, template);
    this.#last = template;
    return template;
  }
}
