import type { Plan, PlannedInput, PlannedProcessor } from "../config/index.ts";
import { compilePredicate } from "../model/index.ts";
import { Chain, type Source, type Step, tagsOf, whenStep } from "../pipeline/index.ts";
import { create } from "./create.ts";

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
  retired: readonly PlannedInput[] = [],
): Chain {
  const sources = new Map<string, Source>();
  for (const { id, plugin, settings, decoder, tags, fingerprint } of [...retired, ...plan.inputs]) {
    sources.set(id, {
      decoder: create(`the decoder of input ${id}`, () => decoder.plugin.create(settingsOf(decoder)), ["decode"]),
      origin: create(`input ${id}`, () => plugin.origin?.(settings as never)) ?? (() => NO_ORIGIN),
      tags: tagsOf(plan.agent.tags, tags),
      fingerprint,
    });
  }
  const { when } = output;
  const narrowed = when === undefined ? [] : [whenStep(compilePredicate(when), when, countUnknown)];
  return new Chain({ sources, steps: [...plan.processors.map(stepOf), ...narrowed, ...output.processors.map(stepOf)] });
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
