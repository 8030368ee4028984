import { type Command, Option } from "commander";
import type { Logger, LogFormat, LogLevel } from "../observe/index.ts";

export interface ConfigOptions {
  readonly config: string;
}

export interface LogOptions {
  readonly logLevel: LogLevel;
  readonly logFormat?: LogFormat;
}

/** Adds `-c, --config FILE`. */
export function withConfig(command: Command): Command {
  return command
    .option("-c, --config <file>", "the configuration", "fieldline.yaml")
    .showHelpAfterError(`(the configuration is named with -c FILE; see ${fullName(command)} --help)`);
}

export interface AddedPluginsOptions {
  readonly config?: string;
}

/** Adds `-c, --config FILE` to a command that needs no configuration. */
export function withAddedPlugins(command: Command): Command {
  return command.option("-c, --config <file>", "with the plugins that this configuration adds");
}

/** With the names of the commands above it: `fieldline rejects list`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Adds `--log-level` and `--log-format`. */
export function withLog(command: Command): Command {
  return command
    .addOption(
      new Option("--log-level <level>", "how much to log, on stderr")
        .choices(["trace", "debug", "info", "warn", "error", "silent"])
        .default("info"),
    )
    .addOption(new Option("--log-format <format>", "pretty on a terminal, else json").choices(["pretty", "json"]));
}

/** The log that these options ask for. */
export async function openLog({ logLevel, logFormat }: LogOptions): Promise<Logger> {
  const { createLog } = await import("../observe/index.ts");
  return createLog(logLevel, logFormat ?? (process.stderr.isTTY ? "pretty" : "json"));
}
