import { type Decoding, type KeptDecoding, keepDecoding, loadDecoding, type Plan } from "../config/index.ts";
import { reasonOf } from "../plugin/index.ts";
import { readJson, replaceFile } from "./durable-file.ts";

/** An input that is in the plan no longer: how its readings become points, or why they cannot. */
export type RetiredInput = Decoding | { readonly id: string; readonly reason: string };

/** Of inputs that left, only the latest are remembered. */
const MOST_RETIRED = 100;

interface Known {
  readonly kept: KeptDecoding;
  readonly input: RetiredInput;
}

/**
 * How the readings of each input were decoded by the last plan that had it: its readings may wait in the journal long
 * after it left. A file of the data directory keeps it over restarts, without secrets.
 */
export class RetiredInputs {
  readonly #path: string;
  /** The one that was in a plan last is the last. */
  readonly #known = new Map<string, Known>();
  #written = "";

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error when the file is there and cannot be read */
  static async open(path: string): Promise<RetiredInputs> {
    const inputs = new RetiredInputs(path);
    const file = await readJson(path);
    // Most starts change nothing and spare the disk two syncs: the journal has just had the folder synced.
    inputs.#written = JSON.stringify(file) ?? "";
    for (const kept of listOf(file)) {
      const input = await loadDecoding(kept).catch((error: unknown) => ({ id: kept.id, reason: reasonOf(error) }));
      inputs.#known.set(kept.id, { kept, input });
    }
    return inputs;
  }

  /** The inputs of earlier plans that this one has not. */
  missingIn({ inputs }: Plan): readonly RetiredInput[] {
    const present = new Set(inputs.map(({ id }) => id));
    return [...this.#known.values()].filter(({ input }) => !present.has(input.id)).map(({ input }) => input);
  }

  /** The fingerprint of how an input's readings are decoded by those who know it; undefined when they cannot be. */
  fingerprintOf(id: string): string | undefined {
    const input = this.#known.get(id)?.input;
    return input === undefined || "reason" in input ? undefined : input.fingerprint;
  }

  /** Remembers a plan's inputs before they receive anything. @throws Error when that could not be made durable */
  async adopt(plan: Plan): Promise<void> {
    for (const input of plan.inputs) {
      this.#known.delete(input.id);
      const tags = new Map([...plan.agent.tags, ...input.tags]);
      this.#known.set(input.id, { kept: keepDecoding(plan, input), input: { ...input, tags } });
    }
    for (const { id } of this.missingIn(plan).slice(0, -MOST_RETIRED)) this.#known.delete(id);
    const text = JSON.stringify({ version: 1, inputs: [...this.#known.values()].map(({ kept }) => kept) });
    if (text === this.#written) return;
    await replaceFile(this.#path, text);
    this.#written = text;
  }
}

/** What a file holds that this version can use. */
function listOf(file: unknown): readonly KeptDecoding[] {
  const { version, inputs } = (file ?? {}) as { readonly version?: unknown; readonly inputs?: unknown };
  return version === 1 && Array.isArray(inputs) ? (inputs as readonly KeptDecoding[]) : [];
}
