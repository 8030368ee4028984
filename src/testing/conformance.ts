import type { AnyPlugin } from "../plugin/index.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { decoderTests } from "./decoder.ts";
import { declarationTests, type JsonValidator } from "./declaration.ts";
import { inputTests } from "./input.ts";
import { outputTests } from "./output.ts";
import { processorTests } from "./processor.ts";

export interface ConformanceOptions {
  /** Payloads that a decoder meets in life; made-up and hostile ones are tried anyway. */
  readonly payloads?: readonly (string | Uint8Array)[];
  /**
   * Settings, as in a file, with which an input or output can safely run here: it connects to what they name.
   * Without any, it is neither run nor written to.
   */
  readonly live?: readonly string[];
  /** Compiles a JSON Schema of draft 2020-12, with Ajv for instance; then the examples are checked against it too. */
  readonly jsonSchema?: (schema: Record<string, unknown>) => JsonValidator;
}

/**
 * What a plugin has to hold to, as tests for any runner: `for (const { name, run } of conformance(plugin)) it(name, run)`.
 * The settings come from the plugin's examples.
 */
export function conformance(plugin: AnyPlugin, options: ConformanceOptions = {}): readonly ConformanceTest[] {
  return [...declarationTests(plugin, options.jsonSchema), ...behaviourTests(plugin, options)];
}

function behaviourTests(plugin: AnyPlugin, { payloads = [], live = [] }: ConformanceOptions): ConformanceTest[] {
  switch (plugin.kind) {
    case "decoder":
      return decoderTests(plugin, payloads);
    case "processor":
      return processorTests(plugin);
    case "input":
      return inputTests(plugin, live);
    case "output":
      return outputTests(plugin, live);
    default:
      throw new Error(`${String((plugin as { kind: unknown }).kind)} is no kind of plugin`);
  }
}
