import type { Connection } from "../serial/index.ts";
import { Conversation } from "./conversation.ts";
import type { Frame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";

/** What a link tells whoever uses it. */
export interface LinkListener {
  /** @param arrivedMs when its last byte was read, by `performance.now()` */
  frame(frame: Frame, arrivedMs: number): void;
  /** All that comes, whatever it is. */
  bytes?(chunk: Uint8Array): void;
}

/** An open way to a board. It may be handed on from one user to the next. */
export class BoardLink {
  readonly connection: Connection;
  /** Of a bridge the one that it is taken to have. */
  readonly baud: number;
  readonly conversation: Conversation;
  readonly #reader = new FrameReader();
  readonly #onData = (chunk: Uint8Array) => this.#take(chunk);
  #listener: LinkListener | undefined;

  constructor(connection: Connection, baud: number) {
    this.connection = connection;
    this.baud = baud;
    this.conversation = new Conversation((text) => {
      if (connection.stream.writable) connection.stream.write(text);
    });
  }

  /** Frames go to this listener from now on. */
  listen(listener: LinkListener): void {
    const listening = this.#listener !== undefined;
    this.#listener = listener;
    if (listening) return;
    this.connection.stream.on("data", this.#onData);
    this.connection.stream.resume();
  }

  /** Nobody listens for a while: what comes meanwhile waits in the stream's buffers. */
  rest(): void {
    this.#listener = undefined;
    this.connection.stream.off("data", this.#onData);
    this.connection.stream.pause();
  }

  async close(): Promise<void> {
    this.rest();
    await this.connection.close();
  }

  #take(chunk: Uint8Array): void {
    const now = performance.now();
    this.#listener?.bytes?.(chunk);
    for (const frame of this.#reader.push(chunk)) {
      if (frame.kind === "banner") this.conversation.take(frame.banner);
      if (frame.kind === "answer") this.conversation.take(frame.text);
      this.#listener?.frame(frame, now);
    }
  }
}
