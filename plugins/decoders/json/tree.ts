/** The number of a scalar in its document, from 0. */
export type Slot = number;

/** A document with the number of each scalar in its place. Null is a scalar, too. */
export type Tree = Slot | readonly Tree[] | { readonly [key: string]: Tree };

export function isSlot(tree: Tree): tree is Slot {
  return typeof tree === "number";
}

export function isList(tree: Tree | undefined): tree is readonly Tree[] {
  return Array.isArray(tree);
}

export function isMap(tree: Tree | undefined): tree is { readonly [key: string]: Tree } {
  return typeof tree === "object" && !Array.isArray(tree);
}

/**
 * The tree of a document that is JSON.
 * @param literals what stands before, between and behind its scalars
 */
export function treeOf(literals: readonly Uint8Array[]): Tree {
  const texts = literals.map((literal) => Buffer.from(literal.buffer, literal.byteOffset, literal.length).toString());
  const numbered = texts.map((text, index) => (index === 0 ? text.replace(/^\uFEFF/, "") : `${index - 1}${text}`));
  return JSON.parse(numbered.join("")) as Tree;
}
