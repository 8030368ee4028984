import type { Command } from "commander";

/** The page docs/reference/cli.md: what `--help` says of the program and of each command. */
export function commandsPage(program: Command): string {
  const sections = [program, ...program.commands.flatMap(withCommandsBelow)].map((command) => {
    command.configureOutput({ getOutHelpWidth: () => 100, getOutHasColors: () => false });
    return `## ${nameOf(command)}\n\n\`\`\`text\n${command.helpInformation().trimEnd()}\n\`\`\`\n`;
  });
  return [
    "# Commands\n",
    "Exit status: 0 done, 1 the configuration or the request is wrong, 2 it failed while running.\n",
    ...sections,
  ].join("\n");
}

function withCommandsBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withCommandsBelow)];
}

/** With the names of the commands above it: `fieldline plugins describe`. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
