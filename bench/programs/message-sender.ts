import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { PreparedMessages } from "./prepared-messages.ts";

const CHUNK_BYTES = 65_536;
const MAX_ID = 65_535;
/** How long no acknowledgement may come before that is a failure. */
const PATIENCE_MS = 60_000;

export interface Sending {
  /** The number of the first message. */
  readonly from: number;
  readonly count: number;
  /** Messages a second; left out: as many as are taken. */
  readonly rate?: number | undefined;
}

/** Sends prepared messages on one connection, with QoS 1 no more at once than the window allows. */
export class MessageSender {
  readonly #socket: Socket;
  readonly #messages: PreparedMessages;
  /** Infinity for QoS 0. */
  readonly #window: number;
  readonly #free: Buffer[] = [];
  readonly #inFlight = new Uint8Array(MAX_ID + 1);
  #unacknowledged = 0;
  #lastId = 0;
  #acknowledged = Promise.withResolvers<void>();
  #failure: Error | undefined;
  readonly #closed = new AbortController();

  /** @param window the most messages that wait for their acknowledgement; undefined for QoS 0 */
  constructor(socket: Socket, messages: PreparedMessages, window: number | undefined) {
    this.#socket = socket;
    this.#messages = messages;
    this.#window = window ?? Number.POSITIVE_INFINITY;
    socket.once("close", () => {
      const error = new Error("the connection that messages are sent on has closed");
      this.#closed.abort(error);
      this.#fail(error);
    });
  }

  /** A PUBACK has come. */
  acknowledged(id: number): void {
    if (this.#inFlight[id] !== 1) return this.#fail(new Error(`packet id ${id} was acknowledged and is not in flight`));
    this.#inFlight[id] = 0;
    this.#unacknowledged -= 1;
    this.#acknowledged.resolve();
  }

  /**
   * Resolves when the system has taken all messages or, with QoS 1, all are acknowledged.
   * @throws Error when the connection closes, or acknowledgements are wrong or stay away
   */
  async send({ from, count, rate = Number.POSITIVE_INFINITY }: Sending): Promise<void> {
    const begun = performance.now();
    let sent = 0;
    while (sent < count) {
      this.#check();
      const due = Math.min(count, rate === Number.POSITIVE_INFINITY ? count : dueOf(rate, begun));
      const room = this.#window - this.#unacknowledged;
      if (sent >= due) await sleep(Math.max(1, begun + (sent / rate) * 1_000 - performance.now()));
      else if (room <= 0 || this.#inFlight[(this.#lastId % MAX_ID) + 1] === 1) await this.#acknowledgement();
      else sent += await this.#write(from + sent, Math.min(due - sent, room));
    }
    while (this.#unacknowledged > 0) await this.#acknowledgement();
    // Writes are taken in their order, this empty one as the last.
    await new Promise<void>((resolve, reject) => {
      this.#socket.write("", (error) => (error instanceof Error ? reject(error) : resolve()));
    });
  }

  /** Writes up to `most` messages and waits until the socket takes more. */
  async #write(number: number, most: number): Promise<number> {
    const chunk = this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const { messages, bytes } = this.#messages.copy(chunk, number, Math.min(most, this.#freeIds(most)), this.#nextId);
    const goesOn = this.#socket.write(chunk.subarray(0, bytes), () => this.#free.push(chunk));
    if (!goesOn) await this.#drained();
    // A socket that takes all at once would keep this program from reading.
    if (bytes > CHUNK_BYTES / 2) await nextTurn();
    return messages;
  }

  async #drained(): Promise<void> {
    await once(this.#socket, "drain", { signal: this.#closed.signal });
  }

  /** How many of the next packet ids are not in flight: of 65,535 some are, when acknowledgements come out of order. */
  #freeIds(most: number): number {
    if (this.#window === Number.POSITIVE_INFINITY) return most;
    let count = 0;
    while (count < most && this.#inFlight[((this.#lastId + count) % MAX_ID) + 1] === 0) count += 1;
    return count;
  }

  readonly #nextId = (): number => {
    this.#lastId = (this.#lastId % MAX_ID) + 1;
    this.#inFlight[this.#lastId] = 1;
    this.#unacknowledged += 1;
    return this.#lastId;
  };

  async #acknowledgement(): Promise<void> {
    this.#check();
    this.#acknowledged = Promise.withResolvers();
    const patience = setTimeout(
      () => this.#fail(new Error(`no acknowledgement came for a minute, ${this.#unacknowledged} are missing`)),
      PATIENCE_MS,
    );
    await this.#acknowledged.promise;
    clearTimeout(patience);
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#acknowledged.resolve();
  }
}

function dueOf(rate: number, begun: number): number {
  return Math.floor(((performance.now() - begun) / 1_000) * rate) + 1;
}
