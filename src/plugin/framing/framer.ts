/** How a stream of bytes is cut into frames. */
export type Framing =
  /** One line a frame, without its LF or CRLF. */
  | { readonly type: "line"; readonly maxFrame: number }
  /** As many whole lines a frame as came together, without the last one's LF or CRLF. */
  | { readonly type: "lines"; readonly maxFrame: number }
  | { readonly type: "delimiter"; readonly delimiter: Uint8Array; readonly maxFrame: number }
  /** A pause of `gapMs` within a frame ends it unfinished; 0 for never. */
  | { readonly type: "length"; readonly length: number; readonly gapMs: number };

/** What is told of frames that are left out. */
export interface FrameLosses {
  /** A frame without its beginning or its end. */
  partial(length: number): void;
  /** A frame above the maximum, and up to 40 bytes of its beginning. */
  oversized(length: number, head: Uint8Array): void;
}

/** Cuts one stream of bytes into frames, in bounded memory; the chunks do not matter. Empty frames are left out. */
export interface Framer {
  /** The frames that end in this chunk. They may share memory with it, so the chunk is not to be written to again. */
  push(chunk: Uint8Array): Uint8Array[];
  /** The stream has ended: the last frame, if it only lacks its delimiter. */
  end(): Uint8Array[];
  /** The stream is cut: what there is of an unfinished frame is left out as partial. */
  cut(): void;
}
