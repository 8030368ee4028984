import type { Decoding, Plan, PlannedProcessor } from "../config/index.ts";
import { compilePredicate, type Tags } from "../model/index.ts";
import { Chain, type Source, type Step, tagsOf, whenStep } from "../pipeline/index.ts";
import { reasonOf } from "../plugin/index.ts";
import { create } from "./create.ts";
import type { RetiredInput } from "./retired-inputs.ts";

/** What an output adds to the shared processors. */
export interface OutputSteps {
  readonly when?: string | undefined;
  readonly processors: readonly PlannedProcessor[];
}

/**
 * The chain of one output of a plan, with decoders and processors of its own.
 * @param retired inputs that the plan has no longer, for their readings that are still in the journal
 */
export function chainOf(
  plan: Plan,
  output: OutputSteps,
  countUnknown: (by: number) => void,
  retired: readonly RetiredInput[] = [],
): Chain {
  const sources = new Map(retired.map((input) => [input.id, retiredSource(input)]));
  for (const input of plan.inputs) sources.set(input.id, sourceOf(input, tagsOf(plan.agent.tags, input.tags)));
  const { when } = output;
  const narrowed = when === undefined ? [] : [whenStep(compilePredicate(when), when, countUnknown)];
  return new Chain({ sources, steps: [...plan.processors.map(stepOf), ...narrowed, ...output.processors.map(stepOf)] });
}

function sourceOf({ id, origin, decoder, fingerprint }: Decoding, tags: Tags): Source {
  return {
    decoder: create(`the decoder of input ${id}`, () => decoder.plugin.create(settingsOf(decoder)), ["decode"]),
    origin: create(`input ${id}`, () => origin.plugin.origin?.(settingsOf(origin))) ?? (() => NO_ORIGIN),
    tags,
    fingerprint,
  };
}

/** What cannot be decoded any more is rejected reading by reading, and holds up nothing. */
function retiredSource(input: RetiredInput): Source {
  try {
    if (!("reason" in input)) return sourceOf(input, input.tags);
    return undecodable(input.id, input.reason);
  } catch (error) {
    return undecodable(input.id, reasonOf(error));
  }
}

function undecodable(id: string, why: string): Source {
  const reason = `the configuration has no input "${id}" any more, and what it sent cannot be decoded as before: ${why}`;
  const decode = () => ({ points: [], rejected: [{ reason }] });
  return { decoder: { decode }, origin: () => NO_ORIGIN, tags: NO_ORIGIN.tags, fingerprint: reason };
}

const NO_ORIGIN = { tags: new Map<string, string>() };

function stepOf(planned: PlannedProcessor): Step {
  const { id, from, fingerprint } = planned;
  const processor = create(`processor ${id}`, () => planned.plugin.create(settingsOf(planned)), ["process"]);
  return { id, from, fingerprint, processor };
}

/** The settings were validated by the plugin's own schema, which is what `create` takes. */
function settingsOf({ settings }: { readonly settings: unknown }): never {
  return settings as never;
}
