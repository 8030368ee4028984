import type { Tags, Timestamp } from "../model/index.ts";
import type { DecoderPlugin, InputPlugin, OutputPlugin, ProcessorPlugin } from "../plugin/index.ts";

/** A configuration that has been loaded, resolved and validated. */
export interface Plan {
  /** As the user named it. */
  readonly file: string;
  /** This file and the included ones. */
  readonly files: readonly string[];
  /** A hash of the texts of these files. */
  readonly textHash: string;
  readonly agent: AgentPlan;
  readonly journal: JournalPlan;
  readonly inputs: readonly PlannedInput[];
  /** In order, on every point. */
  readonly processors: readonly PlannedProcessor[];
  readonly outputs: readonly PlannedOutput[];
}

export interface AgentPlan {
  readonly name: string;
  /** On every point. */
  readonly tags: Tags;
  /** Absolute. */
  readonly dataDir: string;
  readonly http: { readonly host: string; readonly port: number } | false;
  readonly stopTimeoutMs: number;
  readonly reload: "signal" | "watch";
}

/** Sizes are in bytes. */
export interface JournalPlan {
  readonly durability: "disk" | "memory";
  readonly syncIntervalMs: number;
  readonly maxSize: number;
  readonly maxAgeMs: number;
  readonly whenFull: "block" | "drop_oldest";
}

/** What inputs, processors and outputs have in common. */
interface Planned {
  readonly id: string;
  /** For the plugin's `create`, validated. */
  readonly settings: unknown;
  /** Changes with what is made of readings: of an input the points, of a processor its results, of an output its points and writes. */
  readonly fingerprint: string;
}

/** How the readings of an input become points. */
export interface Decoding {
  readonly id: string;
  readonly origin: OriginPlan;
  readonly decoder: DecoderPlan;
  readonly tags: Tags;
  readonly fingerprint: string;
}

export interface OriginPlan {
  readonly plugin: InputPlugin;
  /** What the plugin is said to come from: `fieldline`, or the URL of its module. */
  readonly identity: string;
  /** For the plugin's `origin`. */
  readonly settings: unknown;
}

export interface DecoderPlan {
  readonly plugin: DecoderPlugin;
  readonly identity: string;
  readonly settings: unknown;
}

export interface PlannedInput extends Planned, Decoding {
  readonly plugin: InputPlugin;
  /** Changes with all that the connection to the source depends on. */
  readonly connection: string;
  /** In bytes. */
  readonly maxReading: number;
  /** Keep the last reading of a channel in each such interval. */
  readonly thinMs?: number;
}

export interface PlannedProcessor extends Planned {
  readonly plugin: ProcessorPlugin;
  /** Ids of inputs; left out: all. */
  readonly from?: readonly string[];
}

export interface PlannedOutput extends Planned {
  readonly plugin: OutputPlugin;
  /** Ids of inputs; left out: all. */
  readonly from?: readonly string[];
  /** An expression in CEL; left out: every point. */
  readonly when?: string;
  readonly processors: readonly PlannedProcessor[];
  readonly batch: BatchPlan;
  /** Where a new output begins to read the journal. */
  readonly start: "end" | "beginning" | Timestamp;
  readonly backlog: "oldest_first" | "newest_first";
  readonly limits: LimitsPlan;
  /** False: never holds the journal when it is full. */
  readonly required: boolean;
}

export interface BatchPlan {
  readonly maxPoints: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly inFlight: number;
}

export interface LimitsPlan {
  /** Points a second of what is delivered late. */
  readonly catchUpRate?: number;
  /** Of UTC. */
  readonly bytesPerDay?: number;
}
