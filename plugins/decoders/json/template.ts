import { type Layout, layoutOf } from "./layout.ts";
import type { Scalar } from "./scalar.ts";
import { type ScalarReader, startsWith } from "./scalar-reader.ts";
import type { Selection } from "./selection.ts";
import { type Skeleton, skeletonOf } from "./skeleton.ts";
import { treeOf } from "./tree.ts";

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

/** Templates are kept for so many kinds of documents, none of which was longer than so many bytes. */
const MOST = 256;
const LONGEST = 16_384;

/** Finds the template of a document. */
export class Templates {
  readonly #selection: Selection;
  readonly #reader: ScalarReader;
  readonly #byHash = new Map<number, Template>();
  #last: Template | undefined;

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
    if (document.length > LONGEST) return template;
    if (this.#byHash.size >= MOST) this.#byHash.clear();
    this.#byHash.set(skeleton.hash, template);
    this.#last = template;
    return template;
  }
}
