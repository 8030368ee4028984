import { group, type Log, type OutputPlugin, type SettingsShape, validate } from "fieldline/plugin";
import { inTexts, type TextOutput } from "./text-output.ts";

/** An output in texts and what it logged: each line's level, sentence and fields as one text. */
export interface CreatedOutput extends Required<TextOutput> {
  /** Each number of bytes that it said it has sent. */
  readonly sent: readonly number[];
  readonly logged: readonly string[];
}

/**
 * An output from settings as a file would give them: text, lists and maps, scalars as text.
 * @throws Error with all problems, those of the plugin's own check too
 */
export function createOutput<Shape extends SettingsShape>(plugin: OutputPlugin<Shape>, tree: object): CreatedOutput {
  const read = validate(group(plugin.settings, "The output's settings."), tree);
  if (read.problems !== undefined) throw new Error(JSON.stringify(read.problems));
  const settings = read.value;
  const problems = plugin.check?.(settings) ?? [];
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const logged: string[] = [];
  const sent: number[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  const output = plugin.create(settings, { id: "out", log, sent: (bytes) => void sent.push(bytes) });
  return { logged, sent, ...inTexts(output) };
}
