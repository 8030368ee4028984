/**
 * The reason of an input's signal when an input of the same id, with other settings, takes its place at once: what
 * must not be interrupted, such as an open port, may be left to it.
 */
export class Replaced extends Error {
  override readonly name = "Replaced";
}
