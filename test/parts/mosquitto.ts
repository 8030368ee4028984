import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { findProgram, freePort, type Program, startProgram } from "./program.ts";

export interface MosquittoOptions {
  /** Speaks TLS with certificates of its own; `required` asks the client for one too. */
  readonly tls?: "server" | "required";
  readonly websockets?: boolean;
  /** Asks for user and password: `user` with `secret`. */
  readonly password?: boolean;
  /** Messages that it sends unacknowledged. */
  readonly maxInFlight?: number;
  /** Messages that it keeps for a session that is away. */
  readonly maxQueued?: number;
  /** Further lines of its configuration. */
  readonly settings?: readonly string[];
}

/** A real mosquitto with a folder of its own, which keeps sessions and messages over a restart. */
export interface Mosquitto {
  readonly port: number;
  /** `mqtt://127.0.0.1:PORT`, or mqtts, ws, wss; the same after a restart. */
  readonly url: string;
  /** With `tls` only. */
  readonly certificates: Certificates | undefined;
  /** What the listener wants of any client. */
  readonly access: IClientOptions;
  /** All that it printed since it was started last. */
  readonly printed: () => string;
  /** A client of the mqtt package with what the listener wants. */
  readonly connect: (options?: IClientOptions) => Promise<MqttClient>;
  /** Publishes numbers from `first` on, one a message, and waits until it has acknowledged all. */
  readonly publish: (topic: string, count: number, options?: { first?: number; qos?: 0 | 1 | 2 }) => Promise<void>;
  /** Ends it with SIGTERM, whereupon it saves; SIGKILL loses what it has not saved. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again on the same port with the same folder. */
  readonly start: () => Promise<void>;
  /** Ends it and removes its folder. */
  readonly remove: () => Promise<void>;
}

/** Starts mosquitto on loopback and waits until it listens. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), "fieldline-mosquitto-"));
  const [port, sparePort] = [await freePort(), await freePort()];
  const certificates = options.tls === undefined ? undefined : await makeCertificates(folder);
  const config = join(folder, "mosquitto.conf");
  const passwords = join(folder, "passwords");
  if (options.password === true)
    await promisify(execFile)(findProgram("mosquitto_passwd"), ["-c", "-b", passwords, "user", "secret"]);
  await writeFile(config, configuration(folder, port, sparePort, passwords, certificates, options));

  const scheme = options.websockets === true ? "ws" : "mqtt";
  const url = `${scheme}${certificates === undefined ? "" : "s"}://127.0.0.1:${port}`;
  const access: IClientOptions = {
    ...(certificates === undefined ? {} : await pemOf(certificates)),
    ...(options.password === true ? { username: "user", password: "secret" } : {}),
  };
  const launch = () => startProgram("mosquitto", ["-c", config], (printed) => printed.includes(" running"));
  let program: Program = await launch().catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const connect = (more: IClientOptions = {}) => connectAsync(url, { ...access, reconnectPeriod: 200, ...more });
  return {
    port,
    url,
    certificates,
    access,
    connect,
    printed: () => program.printed(),
    publish: async (topic, count, { first = 0, qos = 1 } = {}) => {
      const client = await connect();
      const numbers = Array.from({ length: count }, (_, index) => String(first + index));
      await Promise.all(numbers.map((number) => client.publishAsync(topic, number, { qos })));
      await client.endAsync();
    },
    stop: (signal) => program.stop(signal),
    start: async () => {
      program = await launch();
    },
    remove: async () => {
      await program.stop("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function pemOf({ ca, clientCert, clientKey }: Certificates): Promise<IClientOptions> {
  return { ca: await readFile(ca), cert: await readFile(clientCert), key: await readFile(clientKey) };
}

function configuration(
  folder: string,
  port: number,
  sparePort: number,
  passwords: string,
  certificates: Certificates | undefined,
  options: MosquittoOptions,
): string {
  const { ca, serverCert, serverKey } = certificates ?? {};
  return [
    "user root",
    "log_dest stderr",
    "log_type all",
    "persistence true",
    `persistence_location ${folder}/`,
    `max_queued_messages ${options.maxQueued ?? 1_000_000}`,
    `max_inflight_messages ${options.maxInFlight ?? 20}`,
    "sys_interval 1",
    ...(options.password === true ? [`password_file ${passwords}`] : ["allow_anonymous true"]),
    // mosquitto 2.0.11 ends when all its listeners are WebSockets.
    ...(options.websockets === true ? [`listener ${sparePort} 127.0.0.1`] : []),
    `listener ${port} 127.0.0.1`,
    ...(options.websockets === true ? ["protocol websockets"] : []),
    ...(ca === undefined ? [] : [`cafile ${ca}`, `certfile ${serverCert}`, `keyfile ${serverKey}`]),
    ...(options.tls === "required" ? ["require_certificate true"] : []),
    ...(options.settings ?? []),
    "",
  ].join("\n");
}
