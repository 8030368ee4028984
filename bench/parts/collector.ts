import { once } from "node:events";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../harness/free-port.ts";
import type { Program } from "../harness/program.ts";
import type { Keep } from "../harness/stage.ts";
import { type Load, startLoadBroker, startLoadPublisher } from "./load.ts";

/** The work that a collector is given. */
export interface Work {
  readonly qos: 0 | 1;
  /** QoS 1: how many messages the broker sends before it waits for acknowledgements. */
  readonly window?: number | undefined;
  /** Messages that go before those that count: connections are made and code is compiled meanwhile. */
  readonly warmUp: number;
  readonly counted: number;
  /** The CPUs of the collector, and of the load and the sink; left out: all, for all. */
  readonly cpus?: { readonly collector: string; readonly others: string } | undefined;
}

/** Where the work is done. */
export interface Place extends Work {
  readonly sinkPort: number;
  readonly signal: AbortSignal;
}

/** Takes the load's messages and delivers them to the sink as points. */
export interface Collector {
  readonly name: string;
  /** False for one that only receives and acknowledges. */
  readonly delivers: boolean;
  /** Starts it and what sends it messages. */
  readonly start: (place: Place, keep: Keep) => Promise<{ readonly program: Program; readonly load: Load }>;
}

/** A collector that subscribes at the load broker, whose port it is told. */
export function subscribing(
  name: string,
  start: (brokerPort: number, place: Place) => Promise<Program>,
  delivers = true,
): Collector {
  return {
    name,
    delivers,
    start: async (place, keep) => {
      const { qos, window = 20, signal, cpus } = place;
      const load = await keep(startLoadBroker({ qos, window }, { signal, cpus: cpus?.others }));
      const program = await keep(start(load.port, place));
      await Promise.race([load.subscribed(1), endOf(program, name)]);
      return { program, load };
    },
  };
}

/** A collector that is itself a broker, on the port that it is told: the load is published to it. */
export function listening(name: string, start: (port: number, place: Place) => Promise<Program>): Collector {
  return {
    name,
    delivers: true,
    start: async (place, keep) => {
      const { qos, window = 20, signal, cpus } = place;
      const port = await freePort();
      const program = await keep(start(port, place));
      await Promise.race([accepts(port, signal), endOf(program, name)]);
      const load = await keep(startLoadPublisher({ port, qos, window }, { signal, cpus: cpus?.others }));
      return { program, load };
    },
  };
}

/** Rejects when a program ends before its time. */
async function endOf(program: Program, name: string): Promise<never> {
  const status = await program.ended;
  throw new Error(`${name} ended with ${status}:\n${program.printed()}`);
}

/** Resolves when a port of loopback takes connections. */
async function accepts(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const socket = createConnection(port, "127.0.0.1");
    const connected = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(50, undefined, { signal });
  }
}
