import { batchOf, type Output, type Point, TextBuffer, textsOf } from "fieldline/plugin";

/** An output as a test writes it: in texts. */
export interface TextOutput {
  readonly encode: (point: Point) => string;
  readonly write: (texts: readonly string[], signal: AbortSignal) => ReturnType<Output["write"]>;
  readonly close?: Output["close"];
}

/** The output of one in texts. */
export function outputOf({ encode, write, close }: TextOutput): Output {
  return {
    encode: (point, into) => into.text(encode(point)),
    write: async (batch, signal) => write(textsOf(batch), signal),
    ...(close === undefined ? {} : { close }),
  };
}

/** One in texts of an output. */
export function inTexts(output: Output): Required<TextOutput> {
  return {
    encode(point) {
      const into = new TextBuffer();
      output.encode(point, into);
      return into.toString();
    },
    write: async (texts, signal) => output.write(batchOf(texts), signal),
    close: async () => output.close?.(),
  };
}
