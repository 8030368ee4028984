import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

/** What a process says of itself: bytes, and how many sockets, files and the like it has in use. */
export interface Vitals {
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  readonly handles: number;
}

/** The other end of a process that was started with `environment`. */
export interface Probe {
  readonly environment: NodeJS.ProcessEnv;
  /** @throws Error when the process has ended or the signal aborts */
  readonly ask: (signal: AbortSignal) => Promise<Vitals>;
  readonly remove: () => Promise<void>;
}

/** Listens in a folder for the process that will be started. */
export async function startProbe(folder: string): Promise<Probe> {
  const path = join(folder, "probe.sock");
  const server = createServer().listen(path);
  await once(server, "listening");
  const connected = once(server, "connection").then(([socket]) => {
    const peer = socket as Socket;
    peer.on("error", () => peer.destroy());
    return { peer, lines: createInterface(peer) };
  });
  const child = pathToFileURL(join(import.meta.dirname, "probe.child.ts")).href;
  return {
    environment: { NODE_OPTIONS: `--import ${child}`, SOAK_SOCKET: path },
    ask: async (signal) => {
      const { peer, lines } = await connected;
      if (peer.destroyed) throw new Error("the process has ended");
      const answer = once(lines, "line", { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) });
      peer.write("?\n");
      const [line] = (await answer) as [string];
      return JSON.parse(line) as Vitals;
    },
    remove: async () => {
      server.close();
      void connected.then(({ peer }) => peer.destroy());
    },
  };
}
