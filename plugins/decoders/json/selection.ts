import type { FieldType, TimeUnit } from "fieldline/plugin";
import type { LeftOut } from "./flatten.ts";
import type { Path } from "./path.ts";
import type { Places } from "./places.ts";

/** What the settings take of a document. */
export interface Selection {
  readonly measurement: string | undefined;
  /** Where the list of readings is; the document itself without one. */
  readonly each: Path | undefined;
  readonly tags: Places;
  /** Everything without one. */
  readonly fields: Places | undefined;
  readonly leftOut: LeftOut;
  readonly types: ReadonlyMap<string, FieldType>;
  readonly time: { readonly path: Path; readonly unit: TimeUnit } | undefined;
}
