import { createRequire } from "node:module";
import type pinoModule from "pino";
import type { Logger } from "pino";
import type prettyModule from "pino-pretty";

export type { Logger };
export type LogFormat = "pretty" | "json";
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Credentials inside a URL, wherever one turns up; up to the last @, since not everybody encodes one in a password. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:)[^/\s"]+@/gi;

/** A text without the passwords of the URLs in it. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(URL_PASSWORD, "$1***@");
}

/** They take a tenth of a second to load, which commands that log nothing need not wait for. */
const require = createRequire(import.meta.url);

/** The agent's log, on stderr: stdout is for points and answers. */
export function createLog(level: LogLevel, format: LogFormat): Logger {
  const pino = require("pino") as typeof pinoModule;
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: withoutPasswords },
  };
  if (format === "json") return pino(options, pino.destination({ fd: 2, sync: true }));
  const pretty = require("pino-pretty") as typeof prettyModule;
  const stream = pretty({ destination: 2, sync: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname" });
  return pino(options, stream);
}
