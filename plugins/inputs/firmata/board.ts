import { EventEmitter, once } from "node:events";
import firmata, { type Firmata } from "firmata-io";
import type { Component } from "johnny-five";
import { addressOf, COMPONENTS, makeBoard } from "./components.ts";
import { I2cBus } from "./i2c-bus.ts";
import type { BoardMessage, BoardPlan, SensorPlan } from "./messages.ts";
import { pinNumber } from "./pins.ts";
import { reportHead } from "./report-head.ts";
import { WatchedSensor } from "./watched-sensor.ts";
import { REPORT_VERSION, WholeMessages } from "./whole-messages.ts";

/** A board that samples six pins at its quickest fills a sixth of the line; at its slowest it is still not called silent. */
const QUICKEST_SAMPLING_MS = 20;
const SLOWEST_SAMPLING_MS = 1_000;
/** Samples of a turn, of which Sensor takes the median. */
const SAMPLES = 10;
const LOOKS_PER_SILENCE = 5;
const REPORT_DIGITAL = 0xd0;

/** One board from its being opened to its loss, read through johnny-five. Lives in a thread, and ends with it. */
export class Board {
  readonly #plan: BoardPlan;
  readonly #tell: (message: BoardMessage) => void;
  readonly #line = new EventEmitter();
  readonly #io: Firmata;
  readonly #messages = new WholeMessages();
  readonly #i2c = new I2cBus();
  #sensors: readonly WatchedSensor[] = [];
  #heard = false;
  /** Looks since its last message. */
  #silentLooks = 0;
  /** It has answered since its sensors were set up. */
  #answered = false;
  #lost = false;

  constructor(plan: BoardPlan, tell: (message: BoardMessage) => void) {
    this.#plan = plan;
    this.#tell = tell;
    const write = (bytes: Uint8Array, done?: () => void) => {
      this.#i2c.note(bytes);
      tell({ type: "write", bytes: Uint8Array.from(bytes) });
      done?.();
    };
    const sampling = Math.floor(Math.min(...plan.sensors.map(({ turnMs }) => turnMs)) / SAMPLES);
    this.#io = new firmata.Firmata(Object.assign(this.#line, { write }), {
      reportVersionTimeout: plan.times.ask,
      samplingInterval: Math.max(QUICKEST_SAMPLING_MS, Math.min(sampling, SLOWEST_SAMPLING_MS)),
    });
    // Under firmata-io's own name johnny-five would translate pins, which are numbers of firmata-io already.
    this.#io.name = "numbered";
  }

  /** Takes bytes of the board. */
  push(bytes: Uint8Array): void {
    this.#heard = true;
    for (const message of this.#messages.push(bytes)) {
      this.#silentLooks = 0;
      if (!this.#i2c.isVoid(message)) this.#take(message);
    }
    this.#tell({ type: "taken", bytes: bytes.length });
  }

  /** Sets the sensors up once the board answers, and has them read from then on. @throws Error when it does not answer */
  async start(): Promise<void> {
    const { ready, silence } = this.#plan.times;
    await once(this.#io, "ready", { signal: AbortSignal.timeout(ready) }).catch((error: unknown) => {
      throw new Error(this.#whyNotReady(), { cause: error });
    });
    const board = await makeBoard(this.#io);
    this.#sensors = this.#plan.sensors.map((sensor, index) => this.#setUp(board, sensor, index));
    this.#io.once("reportversion", () => (this.#answered = true));
    // It says its firmware unasked when it starts, and has forgotten then what it was to report.
    this.#io.once("queryfirmware", () => this.#lose("the board has started again: setting it up anew"));
    const { name = "Firmata", version } = this.#io.firmware;
    const firmware = `${name.replace(/\.ino$/, "")} ${version?.major ?? "?"}.${version?.minor ?? "?"}`;
    this.#tell({ type: "ready", firmware });
    setInterval(() => this.#look(), silence / LOOKS_PER_SILENCE);
  }

  #whyNotReady(): string {
    const { ready } = this.#plan.times;
    const { name } = this.#io.firmware;
    if (name !== undefined) return `${name} does not say within ${ready / 1000} s what its pins can do`;
    const what = this.#heard ? "what comes is not Firmata" : "nothing answers";
    return `${what} within ${ready / 1000} s: is StandardFirmata on the board, and does it speak at this baud rate?`;
  }

  #take(message: readonly number[]): void {
    for (const sensor of this.#sensors) sensor.note(message);
    this.#line.emit("data", message);
  }

  /** @throws Error with what stands against it, such as a pin that the board does not have */
  #setUp(board: EventEmitter, plan: SensorPlan, index: number): WatchedSensor {
    const { name, class: className, turnMs: freq, options } = plan;
    try {
      const pin = pinNumber(plan, this.#io, this.#plan.sensors);
      const component: Component = new COMPONENTS[className]({
        board,
        ...(pin === undefined ? {} : { pin }),
        freq,
        ...options,
      });
      const head = reportHead(plan.wire, pin ?? addressOf(component, options));
      return new WatchedSensor(plan, head, component, {
        sample: (sample) => {
          if (!this.#lost) this.#tell({ type: "sample", sensor: index, sample });
        },
        back: () => this.#lose(`${name} answers again: setting it up anew`),
      });
    } catch (error) {
      throw new Error(`${name} cannot be set up: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Looks whether board and sensors still answer, and asks a board that has had nothing to say. */
  #look(): void {
    const { silence } = this.#plan.times;
    this.#silentLooks++;
    const unheard = this.#sensors.filter(({ plan, isReported }) => plan.wire === "digital" && !isReported);
    if (this.#silentLooks > LOOKS_PER_SILENCE)
      this.#lose(`the board has been silent for ${silence / 1000} s: opening it again`);
    else if (this.#silentLooks > 1 || (unheard.length > 0 && !this.#answered)) this.#ask(unheard);
    // Firmata before 2.5 says a port's first change alone: one of which nothing has come is low.
    if (this.#answered) for (const { head } of unheard) this.#take([...head, 0, 0]);
    for (const bytes of this.#i2c.overdue()) this.#tell({ type: "write", bytes });
    for (const [index, sensor] of this.#sensors.entries()) this.#lookAt(sensor, index);
  }

  /** Asks for digital ports once more, as the line may have lost the question or the answer, and for the version behind them. */
  #ask(unheard: readonly WatchedSensor[]): void {
    for (const { head } of unheard) {
      const port = (head[0] ?? 0) & 0x0f;
      this.#tell({ type: "write", bytes: Uint8Array.of(REPORT_DIGITAL | port, 1) });
    }
    this.#tell({ type: "write", bytes: Uint8Array.of(REPORT_VERSION) });
  }

  #lookAt(sensor: WatchedSensor, index: number): void {
    const { wire, pin } = sensor.plan;
    const isQuiet = sensor.look(this.#plan.times.silence / LOOKS_PER_SILENCE, LOOKS_PER_SILENCE);
    if (wire === "analog" && sensor.unreportedLooks > LOOKS_PER_SILENCE)
      this.#lose(`the board does not report ${pin} any more: opening it again`);
    else if (isQuiet && !this.#lost) this.#tell({ type: "quiet", sensor: index });
  }

  #lose(reason: string): void {
    this.#lost = true;
    this.#tell({ type: "lost", reason });
  }
}
