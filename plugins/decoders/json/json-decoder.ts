import { isUtf8 } from "node:buffer";
import { type Decoded, type Decoder, type Origin, type Reading, rejectionsOf } from "fieldline/plugin";
import { Filler } from "./fill.ts";
import { TOO_DEEP, whyNotJson } from "./refuse.ts";
import { ScalarReader } from "./scalar-reader.ts";
import type { Selection } from "./selection.ts";
import { TagSets } from "./tag-sets.ts";
import { type Template, Templates } from "./template.ts";

/**
 * Sensors send the same document again and again with other values in it. So what the settings take of a document is
 * found out once for all that are alike but for their scalars, and only these are read of each.
 */
export class JsonDecoder implements Decoder {
  readonly #reader = new ScalarReader();
  readonly #templates: Templates;
  readonly #filler: Filler;

  constructor(selection: Selection) {
    this.#templates = new Templates(selection, this.#reader);
    this.#filler = new Filler(selection, new TagSets());
  }

  decode({ payload }: Reading, origin: Origin): Decoded {
    const found = this.#find(payload);
    if (typeof found === "string") return { points: [], rejected: [{ reason: found }] };
    const reasons: string[] = [];
    const points = this.#filler.fill(found.layout, found.values, origin, reasons);
    return reasons.length === 0 ? { points } : { points, rejected: rejectionsOf(reasons) };
  }

  /** The template of a payload, with its values; or why it has none. */
  #find(payload: Uint8Array): Template | string {
    this.#reader.beyondAscii = false;
    const known = this.#templates.find(payload);
    if (known !== undefined && (!this.#reader.beyondAscii || isUtf8(payload))) return known;
    const reason = whyNotJson(payload);
    if (reason !== undefined) return reason;
    try {
      return this.#templates.learn(payload);
    } catch (error) {
      if (error instanceof RangeError) return TOO_DEEP;
      throw error;
    }
  }
}
