import type { SettingsShape } from "../schema/index.ts";
import type { DecoderPlugin, InputPlugin, OutputPlugin, ProcessorPlugin } from "./contract.ts";

/** Declares an input; gives `create` its settings' types. */
export function defineInput<Shape extends SettingsShape>(plugin: Omit<InputPlugin<Shape>, "kind">): InputPlugin<Shape> {
  return { kind: "input", ...plugin };
}

/** Declares a decoder; gives `create` its settings' types. */
export function defineDecoder<Shape extends SettingsShape>(
  plugin: Omit<DecoderPlugin<Shape>, "kind">,
): DecoderPlugin<Shape> {
  return { kind: "decoder", ...plugin };
}

/** Declares a processor; gives `create` its settings' types. */
export function defineProcessor<Shape extends SettingsShape>(
  plugin: Omit<ProcessorPlugin<Shape>, "kind">,
): ProcessorPlugin<Shape> {
  return { kind: "processor", ...plugin };
}

/** Declares an output; gives `create` its settings' types. */
export function defineOutput<Shape extends SettingsShape>(
  plugin: Omit<OutputPlugin<Shape>, "kind">,
): OutputPlugin<Shape> {
  return { kind: "output", ...plugin };
}
