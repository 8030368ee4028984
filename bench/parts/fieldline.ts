import { existsSync } from "node:fs";
import { agentFolder, MAIN } from "../harness/agent-folder.ts";
import { type Program, type ProgramOptions, startProgram } from "../harness/program.ts";

/** A running agent, and the folder of its configuration and its data. */
export interface Fieldline extends Program {
  readonly folder: string;
}

/**
 * Starts `fieldline run` as users do, with a configuration in a new folder on a disk, where its data is too. `stop`
 * removes the folder.
 * @throws Error with what it printed, when it ends before it runs
 */
export async function startFieldline(configuration: string, options: ProgramOptions): Promise<Fieldline> {
  if (!existsSync(MAIN)) throw new Error("dist/ is not there: npm run build");
  return startInFolder(configuration, (folder) =>
    startProgram(MAIN, ["run", "--log-format", "json"], { ...options, folder, ready: / runs"/ }),
  );
}

/** Starts a program that runs `fieldline.yaml` of its working folder, which `stop` removes. */
export async function startInFolder(
  configuration: string,
  start: (folder: string) => Promise<Program>,
): Promise<Fieldline> {
  const folder = agentFolder(configuration);
  try {
    const program = await start(folder.path);
    const stop = async () => {
      const status = await program.stop();
      await folder.stop();
      return status;
    };
    return { ...program, folder: folder.path, stop };
  } catch (error) {
    await folder.stop();
    throw error;
  }
}
