import type { Arrival, Fields, Point, Reading, Tags, TextBuffer, Timestamp } from "../model/index.ts";
import type { EncodedBatch } from "./encoded-batch.ts";
import type { SettingsShape, SettingsOf, Problem } from "../schema/index.ts";

/**
 * The four kinds of plugin. Only structured-cloneable values cross these contracts, so that a plugin could run in a
 * process of its own unchanged.
 */

/** A log that takes structured fields and a sentence. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface EmitOptions {
  /** The sender waits for the acknowledgement: sync now rather than at the end of the sync interval. */
  readonly senderWaits?: boolean;
  /** The sender cannot be held back (serial, QoS 0): when the journal is full the readings are dropped and counted. */
  readonly canWait?: boolean;
}

/**
 * Resolves when every reading is durable. Waits for room; rejects only when the input is being stopped.
 * Without readings and with `senderWaits` it syncs what was emitted before.
 */
export type Emit = (arrivals: readonly Arrival[], options?: EmitOptions) => Promise<void>;

/** What an input is given besides its settings. */
export interface InputContext {
  /** The input's id in the configuration. */
  readonly id: string;
  readonly log: Log;
  /** Takes a unique receive time for a reading of so many bytes. */
  readonly takeTime: (bytes: number) => Timestamp;
  /** True under `fieldline try`: leave no trace at the sender (own client id, clean session, no acknowledgement that matters). */
  readonly observing: boolean;
  /** The input's latest readings in the journal, oldest first, to recognise what a sender sends again. Bounded. */
  readonly recent: () => readonly Reading[];
  /** What the input remembers between runs: one small JSON value of its own in the data directory. */
  readonly memory: { load(): Promise<unknown>; save(value: unknown): Promise<void> };
  /** Says whether the source can be reached now; shown in health. The detail is a sentence. */
  readonly report: (state: "up" | "down", detail?: string) => void;
  /** Counts what is left out or damaged before the journal, by a fixed snake_case name such as `partial_frames`. */
  readonly count: (name: string, by?: number) => void;
}

export interface Input {
  /** Runs until the source ends (resolves) or is lost (rejects: the agent backs off and runs it again). */
  run(emit: Emit, signal: AbortSignal): Promise<void>;
}

/** What the configuration and the channel say about all points of a reading. */
export interface Origin {
  /** The topic's `{measurement}`. */
  readonly measurement?: string | undefined;
  /** The topic's `{field}`. */
  readonly field?: string | undefined;
  /** The topic's captures. */
  readonly tags: Tags;
}

/** What a step remembers: plain JSON, and bounded: of more than 16 MiB as text nothing is kept. */
export type State = unknown;

/**
 * A step that remembers something between readings. It is given one point or reading at a time, and its state is saved
 * with the output's cursor: after a restart, also after `kill -9`, it goes on as if there had been none.
 */
export interface Stateful {
  /** All that it remembers, so that another instance with the same settings goes on exactly as this one would. */
  save?(): State;
  /**
   * Takes what `save` gave, in place of what it remembers now.
   * @throws Error for a state that it cannot use, such as another version's; the step is warmed then
   */
  restore?(state: State): void;
  /**
   * How much of the past, in milliseconds, a step without a usable state reads again silently, so that it remembers
   * what it would have remembered: for a window its length and lateness.
   */
  readonly lookback?: number;
}

/** A point as a decoder gives it; the chain adds what is missing. */
export interface DecodedPoint {
  /** Left out: the input's id. */
  readonly measurement?: string | undefined;
  /** Tags of the payload itself; they beat the topic's, the input's and the agent's. */
  readonly tags: Tags;
  readonly fields: Fields;
  /** Left out: the reading's receive time. */
  readonly time?: Timestamp | undefined;
}

/** A part of a reading that no retry can decode. */
export interface Rejection {
  /** What is wrong and where, as a sentence without a full stop. */
  readonly reason: string;
}

export interface Decoded {
  readonly points: readonly DecodedPoint[];
  readonly rejected?: readonly Rejection[];
}

export interface Decoder extends Stateful {
  /** A pure function of its arguments and its state: no clock, no zone, no locale. Does not throw. */
  decode(reading: Reading, origin: Origin): Decoded;
}

export interface Processed {
  readonly points: readonly Point[];
  readonly rejected?: readonly (Rejection & { readonly point: Point })[];
}

export interface Processor extends Stateful {
  /**
   * Points keep their offset. Pure as a decoder is. Returns new points, never changes the given ones.
   * @param at the time in the journal, for a processor with a `deadline` only: the receive time of the record that
   *   brought the point, or the deadline at which an earlier processor gave it. It goes back when the wall clock does
   */
  process(points: readonly Point[], at?: Timestamp): readonly Point[] | Processed;
  /**
   * The next moment, in the journal's time, at which it has something to give without another point; asked after each
   * record, so it costs little. When a record of that time or a later one has come, `flush` is called before that record's own points
   * come. An agent whose inputs are silent appends such a record.
   */
  deadline?(): Timestamp | undefined;
  /**
   * Gives what is due, with any offset: the points take that of the record whose time it was. Afterwards the deadline
   * is after `until`, or there is none.
   * @param until the deadline, mostly; `END_OF_TIME` when every input has ended and all windows close
   */
  flush?(until: Timestamp): readonly Point[] | Processed;
}

/** What the sink did not take of a batch that it otherwise took. Indexes count from 0 in the batch. */
export interface PartialWrite {
  readonly rejected?: readonly { readonly index: number; readonly reason: string }[];
  readonly retry?: readonly number[];
}

export interface OutputContext {
  readonly id: string;
  readonly log: Log;
  /**
   * Says how many bytes a write put on the wire, also one that failed, for the user's limit on the bytes of a day. An
   * output that calls it, if only `sent(0)` in `create`, is counted by what it says; else the encoded points count.
   */
  readonly sent: (bytes: number) => void;
}

export interface Output {
  /**
   * Adds a point's text as the sink takes it, such as one line of line protocol; a line feed is put behind it.
   * @throws Error with the reason when the point cannot be written; what it added is taken away then
   */
  encode(point: Point, into: TextBuffer): void;
  /**
   * Writes one batch once; batching, retry, timeouts and backoff are the outlet's. Its bytes never change.
   * @throws WriteError
   */
  write(batch: EncodedBatch, signal: AbortSignal): Promise<PartialWrite | void>;
  /** Lets go of connections and files. */
  close?(): Promise<void>;
}

/**
 * A thing of which there is one, and what to call it: two inputs that claim it are an error.
 * A topic is called "BROKER FILTER", such as "mqtt://127.0.0.1:1883 bbq/+/temp": filters of one broker that overlap clash. A level may be known in part: `sensor-+`.
 */
export interface Claim {
  readonly kind: "port" | "topic" | "file";
  readonly name: string;
  /** The setting that claims it, relative to the plugin's settings. */
  readonly path?: readonly (string | number)[];
  /** Of a topic: filters of what is left out of it. */
  readonly except?: readonly string[];
}

interface Plugin<Shape extends SettingsShape> {
  /** The `type` in the configuration. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly settings: Shape;
  /** Complete configurations of this plugin (what stands under its id), as YAML. At least one. */
  readonly examples: readonly string[];
  /** What no single setting can tell; paths are relative to the plugin's settings. */
  check?(settings: SettingsOf<Shape>): readonly Problem[];
}

export interface InputPlugin<Shape extends SettingsShape = SettingsShape> extends Plugin<Shape> {
  readonly kind: "input";
  /** The decoder when `decode` is left out; without one `decode` is required. */
  readonly defaultDecoder?: string;
  /** What a channel says about its readings. Pure; the result is cached by channel. */
  origin?(settings: SettingsOf<Shape>): (channel: string) => Origin;
  /**
   * The settings that `origin` reads: it is given no others. A change of another one changes no point, and these are
   * kept in the data directory for the readings of an input that left the configuration. Left out: all settings.
   */
  readonly originSettings?: readonly (keyof Shape & string)[];
  /** What the input needs for itself alone. */
  claims?(settings: SettingsOf<Shape>): readonly Claim[];
  create(settings: SettingsOf<Shape>, context: InputContext): Input;
}

/** What decoders and processors say of themselves. */
interface StepPlugin<Shape extends SettingsShape> extends Plugin<Shape> {
  /** What it gives depends on what came before: it has `save` or `deadline`, and needs readings in their order. */
  readonly ordered?: true;
}

export interface DecoderPlugin<Shape extends SettingsShape = SettingsShape> extends StepPlugin<Shape> {
  readonly kind: "decoder";
  create(settings: SettingsOf<Shape>): Decoder;
}

export interface ProcessorPlugin<Shape extends SettingsShape = SettingsShape> extends StepPlugin<Shape> {
  readonly kind: "processor";
  create(settings: SettingsOf<Shape>): Processor;
}

export interface OutputPlugin<Shape extends SettingsShape = SettingsShape> extends Plugin<Shape> {
  readonly kind: "output";
  create(settings: SettingsOf<Shape>, context: OutputContext): Output;
}

export type AnyPlugin = InputPlugin | DecoderPlugin | ProcessorPlugin | OutputPlugin;
export type PluginKind = AnyPlugin["kind"];
