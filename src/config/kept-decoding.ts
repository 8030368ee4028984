import { fileURLToPath } from "node:url";
import type { PluginKind } from "../plugin/index.ts";
import { describeSettings } from "../schema/index.ts";
import type { DecoderPlan, Decoding, OriginPlan, Plan, PlannedInput } from "./plan.ts";
import { loadPluginModule } from "./plugin-module.ts";
import { holdsSecret } from "./redact.ts";
import { loadTreePlugin, type PluginOf } from "./tree-plugins.ts";

/** How the readings of an input become points, as JSON without secrets: what is kept for when it leaves the plan. */
export interface KeptDecoding {
  readonly id: string;
  readonly fingerprint: string;
  /** The agent's tags too. */
  readonly tags: Readonly<Record<string, string>>;
  readonly origin: KeptPart;
  readonly decoder: KeptPart;
}

interface KeptPart {
  readonly type: string;
  readonly identity: string;
  /** Missing when there is a secret among them. */
  readonly settings?: unknown;
}

/** What of an input is to be kept. Settings that hold a secret are left out. */
export function keepDecoding(plan: Plan, input: PlannedInput): KeptDecoding {
  const { id, fingerprint, origin, decoder, tags } = input;
  const named = origin.plugin.originSettings !== undefined;
  return {
    id,
    fingerprint,
    tags: Object.fromEntries([...plan.agent.tags, ...tags]),
    origin: keep(origin, named ? undefined : plan),
    decoder: keep(decoder),
  };
}

/** @param whole a plan whose variables and files count as secrets too */
function keep({ plugin, identity, settings }: OriginPlan | DecoderPlan, whole?: Plan): KeptPart {
  const secret = holdsSecret(settings, whole) || describeSettings(plugin.settings).some(isSet(settings));
  return { type: plugin.name, identity, ...(secret ? {} : { settings }) };
}

/** Whether a row of a table of settings is a secret one that has a value. */
function isSet(settings: unknown) {
  return ({ name, secret }: { readonly name: string; readonly secret: boolean }): boolean =>
    secret && hasValue(settings, name.split("."));
}

/** @param keys to the value, `sensors[]` for each of a list */
function hasValue(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined || value === undefined) return value !== undefined;
  const name = key.replace(/\[\]$/, "");
  const inner = (value as Record<string, unknown>)[name];
  if (name === key) return hasValue(inner, rest);
  return Array.isArray(inner) && inner.some((each) => hasValue(each, rest));
}

/** @throws Error with the reason why these readings cannot be decoded any more, as the end of a sentence */
export async function loadDecoding(kept: KeptDecoding): Promise<Decoding> {
  const { id, fingerprint, tags } = kept;
  const origin = { plugin: await load("input", kept.origin), ...partOf(kept.origin) };
  const decoder = { plugin: await load("decoder", kept.decoder), ...partOf(kept.decoder) };
  return { id, fingerprint, tags: new Map(Object.entries(tags)), origin, decoder };
}

function partOf({ type, identity, settings }: KeptPart) {
  if (settings === undefined)
    throw new Error(`the settings of ${type} hold a secret, which is not kept over a restart`);
  return { identity, settings };
}

async function load<Kind extends PluginKind>(kind: Kind, { type, identity }: KeptPart): Promise<PluginOf[Kind]> {
  if (identity === "fieldline") return loadTreePlugin(kind, type);
  const file = new URL(identity);
  file.search = "";
  const { plugins } = await loadPluginModule(fileURLToPath(file), "/");
  const found = plugins.find((plugin) => plugin.kind === kind && plugin.name === type);
  if (found === undefined) throw new Error(`${fileURLToPath(file)} has no ${kind} ${type} any more`);
  return found as PluginOf[Kind];
}
