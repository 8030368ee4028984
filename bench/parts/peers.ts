import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { diskFolder } from "../harness/disk-folder.ts";
import { freePort } from "../harness/free-port.ts";
import { type Program, startProgram } from "../harness/program.ts";
import { type Collector, listening, type Place, subscribing } from "./collector.ts";

const CONFIGURATIONS = join(import.meta.dirname, "../peers");

/** What a peer is started with, beside the environment that its configuration reads. */
type Arguments = (configuration: string, folder: string) => readonly string[] | Promise<readonly string[]>;

const PEERS: Readonly<Record<string, () => Collector>> = {
  telegraf: () => subscriber("telegraf", "telegraf.conf", (file) => ["--config", file]),
  vector: () => subscriber("vector", "vector.yaml", (file) => ["--config", file]),
  "node-red": () => subscriber("node-red", "node-red.json", nodeRed),
  "fluent-bit": () =>
    listening("fluent-bit", (port, place) =>
      startPeer("fluent-bit", "fluent-bit.conf", (file) => ["--config", file], place, { LISTEN_PORT: String(port) }),
    ),
};

/** Another collector, ready to do the same work. @throws Error when it is none of those known or not on the PATH */
export function findPeer(name: string): Collector {
  const peer = PEERS[name];
  if (peer === undefined) throw new Error(`--vs takes ${Object.keys(PEERS).join(", ")}, and got ${name}`);
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  if (!folders.some((folder) => existsSync(join(folder, name))))
    throw new Error(`${name} is not on the PATH, so nothing can be measured beside it`);
  return peer();
}

function subscriber(name: string, configuration: string, args: Arguments): Collector {
  return subscribing(name, (brokerPort, place) =>
    startPeer(name, configuration, args, place, { BROKER_PORT: String(brokerPort) }),
  );
}

/** Starts a peer in a folder of its own on a disk. */
async function startPeer(
  name: string,
  configuration: string,
  args: Arguments,
  { qos, sinkPort, signal, cpus }: Place,
  ports: Readonly<Record<string, string>>,
): Promise<Program> {
  const folder = diskFolder();
  try {
    const program = await startProgram(name, await args(join(CONFIGURATIONS, configuration), folder.path), {
      signal,
      cpus: cpus?.collector,
      folder: folder.path,
      environment: { ...ports, SINK_PORT: String(sinkPort), QOS: String(qos), FOLDER: folder.path },
      ready: /\S/,
    });
    const stop = async () => {
      const status = await program.stop();
      await folder.stop();
      return status;
    };
    return { ...program, stop };
  } catch (error) {
    await folder.stop();
    throw error;
  }
}

/** It writes beside its flow, and serves its editor on a port that must be free. */
async function nodeRed(configuration: string, folder: string): Promise<readonly string[]> {
  const flow = join(folder, "flow.json");
  await copyFile(configuration, flow);
  return ["--userDir", folder, "--port", String(await freePort()), flow];
}
