import type { Command } from "commander";
import type { JournalInfo } from "../agent/index.ts";
import { ask } from "./ask.ts";
import { infoJson, infoPage } from "./journal-info-text.ts";
import { type ConfigOptions, withConfig } from "./options.ts";

interface InfoOptions extends ConfigOptions {
  readonly count?: boolean;
  readonly json?: boolean;
}

/** `fieldline journal info`. */
export function addInfo(journal: Command): void {
  withConfig(journal.command("info"))
    .description("tell where the journal is, what it holds, and how far each output has delivered it")
    .option("--count", "count also the bytes of each input's payloads, which reads the whole journal")
    .option("--json", "print it as a JSON object")
    .action(info);
}

async function info({ config, count = false, json = false }: InfoOptions): Promise<void> {
  const { askJournalInfo } = await import("../agent/index.ts");
  await ask<{ readonly info: JournalInfo }>(config, {
    answer: (plan, signal) => askJournalInfo(plan, count, signal),
    take: (line, print) => print(json ? infoJson(line.info) : infoPage(line.info, Date.now())),
    stopped: "stopped before it was done",
  });
}
