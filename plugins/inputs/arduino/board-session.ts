import { setTimeout as sleep } from "node:timers/promises";
import { BoardError, type BoardLink, FIRMWARE_VERSION, isOlderFirmware } from "fieldline/plugin";
import { configurationOf, configure } from "./configure.ts";
import { idOf, type KnownBoard } from "./known-board.ts";
import { linkLine } from "./link-counts.ts";
import { isSame, Reception, type ReceptionOptions } from "./reception.ts";

/** How often what is durable is acknowledged and what is missing is asked for. */
const TURN_MS = 200;
/** So often is a missing reading asked for; what is sent again may be damaged again. */
const REQUESTS = 5;
/** So many turns at most does a board with another configuration go on with it until what it holds has come. */
const FETCH_TURNS = 25;

export interface SessionOptions extends ReceptionOptions {
  /** A board that says nothing for so long is gone, in milliseconds. */
  readonly silenceMs: number;
  /** How often what happened on the way from the board becomes a reading, in milliseconds. */
  readonly reportMs: number;
}

/** One time of being connected with a board. */
export class BoardSession {
  readonly #link: BoardLink;
  readonly #board: KnownBoard;
  readonly #options: SessionOptions;
  readonly #reception: Reception;
  readonly #configuration: string;

  constructor(link: BoardLink, board: KnownBoard, options: SessionOptions) {
    this.#link = link;
    this.#board = board;
    this.#options = options;
    this.#reception = new Reception(board, options);
    this.#configuration = configurationOf(options.channels);
  }

  /**
   * Configures the board and passes on its readings.
   * @throws Error that says why it is lost or of no use; the signal's reason
   */
  async run(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const lost = this.#link.connection.lost.then((reason) => Promise.reject(reason));
    try {
      await Promise.race([this.#work(either), this.#watch(either), lost]);
    } finally {
      over.abort();
    }
  }

  /** Has what came made durable and acknowledged, so that it need not come again. */
  async end(signal: AbortSignal): Promise<void> {
    await this.#options.emit([], { senderWaits: true });
    const durable = this.#board.sequence.toAcknowledge();
    if (durable !== undefined) await this.#link.conversation.order(`ack ${durable}`, signal);
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { context, reportMs } = this.#options;
    const { firmware } = this.#board.banner;
    this.#link.listen({ frame: (frame, arrivedMs) => this.#reception.take(frame, arrivedMs) });
    await this.#configure(signal);
    const old = isOlderFirmware(firmware) ? `; \`fieldline flash\` puts ${FIRMWARE_VERSION} there` : "";
    context.report(
      "up",
      `reading the board ${idOf(this.#board)} on ${this.#link.connection.name}, firmware ${firmware}${old}`,
    );
    let reportedMs = performance.now();
    for (;;) {
      await sleep(TURN_MS, undefined, { signal });
      await this.#followReset(signal);
      if (!context.observing) await this.#settle(signal);
      if (performance.now() - reportedMs < reportMs) continue;
      reportedMs = performance.now();
      this.#report();
    }
  }

  /** Tells the board its channels when it has others. It forgets with them what it holds, so that is made safe before. */
  async #configure(signal: AbortSignal): Promise<void> {
    const { channels, sensors, emit, context } = this.#options;
    const config = this.#configuration;
    if (this.#board.banner.config !== config) {
      if (context.observing) return context.log.warn({}, `the board ${idOf(this.#board)} ${OTHER_SENSORS}`);
      await this.#fetchHeld(signal);
      await emit([], { senderWaits: true });
      signal.throwIfAborted();
      const { banner, inUse } = this.#board;
      const known = banner.config === undefined ? undefined : inUse;
      this.#board.banner = { ...banner, config: undefined };
      const names = sensors.map(({ name }) => name);
      await configure(this.#link, banner, known, channels, names, signal);
      // After a reset its banner counts.
      if (this.#reception.reset === undefined) this.#board.banner = { ...this.#board.banner, config };
    }
    this.#board.inUse = channels.length;
  }

  async #fetchHeld(signal: AbortSignal): Promise<void> {
    for (let turn = 0; turn < FETCH_TURNS && this.#board.sequence.firstMissing !== undefined; turn++) {
      await this.#settle(signal);
      await sleep(TURN_MS, undefined, { signal });
    }
  }

  async #followReset(signal: AbortSignal): Promise<void> {
    const { conversation, connection } = this.#link;
    // The banner that answers tells of the reset.
    if (this.#reception.unexplained && this.#reception.reset === undefined) await conversation.info(signal);
    const { reset } = this.#reception;
    if (reset === undefined) return;
    if (!isSame(this.#board, reset))
      throw new BoardError(`another board answers on ${connection.name}: opening it again`);
    this.#reception.forgetReset();
    await this.#configure(signal);
  }

  /** Acknowledges what is durable, asks for what is missing. */
  async #settle(signal: AbortSignal): Promise<void> {
    const { conversation } = this.#link;
    const { sequence } = this.#board;
    const durable = sequence.toAcknowledge();
    if (durable !== undefined) {
      await conversation.order(`ack ${durable}`, signal);
      sequence.acknowledged(durable);
    }
    const lost = sequence.takeLost();
    if (lost > 0) this.#reception.count("lost", "lost_readings", lost);
    // A board that holds many takes longer than a turn to send them all.
    if (performance.now() - this.#reception.repeatedMs < TURN_MS) return;
    sequence.asked(REQUESTS);
    const missing = sequence.firstMissing;
    if (missing !== undefined) await conversation.order(`again ${missing}`, signal);
  }

  #report(): void {
    const { counts, context, emit } = this.#options;
    const { clock } = this.#board;
    const line = Buffer.from(linkLine(idOf(this.#board), counts, clock.driftPpm, clock.jitterMs));
    const arrival = { channel: `board:${idOf(this.#board)}/link`, payload: line, time: context.takeTime(line.length) };
    // It is no loss when the journal is full; the next one says the same and more.
    void emit([arrival], { canWait: false }).catch(() => {});
  }

  /**
   * Counts turns and not time: while the whole machine stands still nothing is heard, whatever the board says.
   * @throws BoardError when the board says nothing for too long; the signal's reason
   */
  async #watch(signal: AbortSignal): Promise<void> {
    const { silenceMs } = this.#options;
    for (let quietMs = 0; quietMs < silenceMs;) {
      await sleep(TURN_MS, undefined, { signal });
      // With other channels it has other intervals, or none.
      const isOurs = this.#board.banner.config === this.#configuration;
      quietMs = this.#reception.takeHeard() || !isOurs ? 0 : quietMs + TURN_MS;
    }
    const name = `the board ${idOf(this.#board)} on ${this.#link.connection.name}`;
    throw new BoardError(`${name} has been silent for ${silenceMs / 1_000} s: opening it again`);
  }
}

const OTHER_SENSORS =
  "has other sensors than the configuration, or none yet: `fieldline run` tells it; what it has now is shown";
