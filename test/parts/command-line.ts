import type { Command } from "commander";

/** What a line such as `fieldline check --json | less` names that the program does not have; undefined when all is there. */
export function faultOfCommandLine(program: Command, line: string): string | undefined {
  const [, ...words] = (/^[^|>&#]*/.exec(line)?.[0] ?? "").trim().split(/\s+/);
  let command = program;
  for (const word of words) {
    if (word.startsWith("-")) {
      const known = command.createHelp().visibleOptions(command);
      const [name] = word.split("=");
      if (!known.some(({ short, long }) => name === short || name === long))
        return `${line}: there is no option "${word}"`;
    } else if (command.commands.length > 0) {
      const next = command.commands.find((candidate) => candidate.name() === word);
      if (next === undefined && command === program) return `${line}: there is no command "${word}"`;
      command = next ?? command;
    }
  }
  return undefined;
}
