import { join } from "node:path";
import { type DiskFolder, diskFolder } from "./disk-folder.ts";
import { startProgram } from "./program.ts";

/** A pseudo-terminal: what is written here can be read from its device, and the other way round. */
export interface Pty {
  /** The device. */
  readonly path: string;
  readonly write: (text: string) => void;
  /** Is given what was written to the device. */
  readonly onData: (take: (chunk: Buffer) => void) => void;
  readonly stop: () => Promise<void>;
}

/** Makes one by socat, which has to be installed. */
export async function startPty(signal: AbortSignal): Promise<Pty> {
  const folder: DiskFolder = diskFolder();
  const path = join(folder.path, "tty");
  const socat = await startProgram("socat", ["-d", "-d", `pty,raw,echo=0,link=${path}`, "stdio"], {
    signal,
    ready: /starting data transfer/,
  });
  return {
    path,
    write: (text) => void socat.child.stdin.write(text),
    onData: (take) => void socat.child.stdout.on("data", take),
    stop: async () => {
      await socat.stop();
      await folder.stop();
    },
  };
}
