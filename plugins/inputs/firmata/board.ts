import { EventEmitter, once } from "node:events";
import firmata, { type Firmata } from "firmata-io";
import type { Component } from "johnny-five";
import { classOf } from "./classes.ts";
import { COMPONENTS, makeBoard } from "./components.ts";
import type { BoardMessage, BoardPlan, SensorPlan } from "./messages.ts";
import { reportOf, Reports } from "./reports.ts";
import { sampleOf } from "./samples.ts";

const REPORT_VERSION = 0xf9;
/** Firmata takes no other sampling intervals; a board at its quickest fills a sixth of the line. */
const QUICKEST_SAMPLING_MS = 20;
const SLOWEST_SAMPLING_MS = 1_000;
/** Samples of an interval, of which Sensor takes the median. */
const SAMPLES = 10;
const LOOKS_PER_SILENCE = 5;
/** Intervals without an answer after which a sensor is called quiet. */
const QUIET_INTERVALS = 5;

/** One board from its being opened to its loss, read through johnny-five. Lives in a thread, and ends with it. */
export class Board {
  readonly #plan: BoardPlan;
  readonly #tell: (message: BoardMessage) => void;
  readonly #line = new EventEmitter();
  readonly #io: Firmata;
  #isSetUp = false;
  #heard = false;
  #lastByte = performance.now();
  /** Versions that were asked for and have not come: one that comes unasked is a board that has started again. */
  #asked = 0;
  /** The event that reports on each sensor. */
  #events: readonly string[] = [];
  readonly #quiet = new Set<number>();

  constructor(plan: BoardPlan, tell: (message: BoardMessage) => void) {
    this.#plan = plan;
    this.#tell = tell;
    const write = (bytes: Buffer, done?: () => void) => {
      if (bytes[0] === REPORT_VERSION) this.#asked++;
      tell({ type: "write", bytes: Uint8Array.from(bytes) });
      done?.();
    };
    const sampling = Math.floor(Math.min(...plan.sensors.map(({ intervalMs }) => intervalMs)) / SAMPLES);
    this.#io = new firmata.Firmata(Object.assign(this.#line, { write }), {
      reportVersionTimeout: plan.times.ask,
      samplingInterval: Math.max(QUICKEST_SAMPLING_MS, Math.min(sampling, SLOWEST_SAMPLING_MS)),
    });
    // By this name johnny-five knows what understands pin names such as A0.
    this.#io.name = "Firmata";
    this.#io.on("reportversion", () => {
      if (this.#asked > 0) this.#asked--;
      else if (this.#isSetUp) this.#lose("the board has started again: setting it up anew");
    });
  }

  /** Takes bytes of the board. */
  push(bytes: Uint8Array): void {
    this.#heard = true;
    this.#lastByte = performance.now();
    this.#line.emit("data", bytes);
    this.#tell({ type: "taken", bytes: bytes.length });
  }

  /** Sets the sensors up once the board answers, and has them read from then on. @throws Error when it does not answer */
  async start(): Promise<void> {
    const { ready } = this.#plan.times;
    await once(this.#io, "ready", { signal: AbortSignal.timeout(ready) }).catch((error: unknown) => {
      throw new Error(this.#whyNotReady(), { cause: error });
    });
    const board = await makeBoard(this.#io);
    this.#events = this.#plan.sensors.map((sensor) => reportOf(sensor, this.#io.analogPins));
    const reports = new Reports(this.#events, performance.now());
    // What was asked for before is answered before the pins were, or was lost in the boot loader.
    this.#asked = 0;
    this.#isSetUp = true;
    this.#watch(reports);
    for (const [index, sensor] of this.#plan.sensors.entries()) this.#setUp(board, reports, index, sensor);
    const { name = "Firmata", version } = this.#io.firmware;
    const firmware = `${name.replace(/\.ino$/, "")} ${version?.major ?? "?"}.${version?.minor ?? "?"}`;
    this.#tell({ type: "ready", firmware });
    setInterval(() => this.#look(reports), this.#plan.times.silence / LOOKS_PER_SILENCE);
  }

  #whyNotReady(): string {
    const { ready } = this.#plan.times;
    const { name } = this.#io.firmware;
    if (name !== undefined) return `${name} does not say within ${ready / 1000} s what its pins can do`;
    const what = this.#heard ? "what comes is not Firmata" : "nothing answers";
    return `${what} within ${ready / 1000} s: is StandardFirmata on the board, and does it speak at this baud rate?`;
  }

  /** Takes note of every report, before johnny-five is told of it. */
  #watch(reports: Reports): void {
    const emit = this.#io.emit.bind(this.#io);
    this.#io.emit = (event: string, ...values: unknown[]) => {
      reports.note(event, performance.now());
      return emit(event, ...values);
    };
  }

  #setUp(board: EventEmitter, reports: Reports, index: number, sensor: SensorPlan): void {
    const component = makeComponent(board, sensor);
    const say = (brought: unknown) => {
      const sample = sampleOf(sensor, component, brought);
      if (sample !== undefined) this.#tell({ type: "sample", sensor: index, sample });
    };
    component.on("error", () => {}); // told as a sensor that is quiet
    const { changes } = classOf(sensor.class);
    const sayAtInterval = (brought: unknown) => {
      // A pin that is reported on change only has what it had; of all others a value that nobody reported is an old one.
      if (sensor.wire === "digital" ? reports.seen(index) : reports.takeFresh(index)) say(brought);
    };
    if (changes === undefined) component.on("data", sayAtInterval);
    else {
      for (const change of changes) component.on(change, () => say(undefined));
      setInterval(sayAtInterval, sensor.intervalMs);
    }
  }

  /** Looks whether board and sensors still answer, and asks a board that has had nothing to say. */
  #look(reports: Reports): void {
    const now = performance.now();
    const { silence } = this.#plan.times;
    const still = now - this.#lastByte;
    if (still >= silence) this.#lose(`the board has been silent for ${silence / 1000} s: opening it again`);
    else if (still >= silence / LOOKS_PER_SILENCE) this.#io.reportVersion(() => {});
    for (const [index, { wire, pin, intervalMs }] of this.#plan.sensors.entries()) {
      const age = reports.age(index, now);
      if (wire === "digital" && !reports.seen(index)) this.#sayLow(index);
      if (wire === "digital" || age < silence) this.#quiet.delete(index);
      else if (wire === "analog") this.#lose(`the board does not report ${pin} any more: opening it again`);
      else if (age >= QUIET_INTERVALS * intervalMs && !this.#quiet.has(index)) {
        this.#quiet.add(index);
        this.#tell({ type: "quiet", sensor: index });
      }
    }
  }

  /** Firmata before 2.5 says a pin's first change alone: one of which nothing has come is low. */
  #sayLow(sensor: number): void {
    const event = this.#events[sensor];
    if (event !== undefined) this.#io.emit(event, 0);
  }

  #lose(reason: string): void {
    this.#tell({ type: "lost", reason });
  }
}

/** @throws Error with what johnny-five has against it, such as a pin that the board does not have */
function makeComponent(
  board: EventEmitter,
  { class: name, name: called, pin, intervalMs: freq, options }: SensorPlan,
): Component {
  try {
    return new COMPONENTS[name]({ board, ...(pin === undefined ? {} : { pin }), freq, ...options });
  } catch (error) {
    throw new Error(`${called} cannot be set up: ${(error as Error).message}`, { cause: error });
  }
}
