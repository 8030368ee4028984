import { join } from "node:path";
import { type Program, type ProgramOptions, startProgram } from "../harness/program.ts";
import type { LoadBrokerSettings, LoadRequest, Sent } from "../programs/load-broker.ts";
import type { LoadPublisherSettings } from "../programs/load-publisher.ts";
import type { Sending } from "../programs/message-sender.ts";

/** What sends the messages. */
export interface Load extends Program {
  /** Resolves when so many connections have subscribed; at once for a publisher. */
  readonly subscribed: (connections: number) => Promise<void>;
  readonly send: (sending: Sending) => Promise<Sent>;
}

export interface LoadBroker extends Load {
  readonly port: number;
}

const PROGRAMS = join(import.meta.dirname, "../programs");

/** Starts a broker on a free port of loopback that sends messages to whoever subscribes. */
export async function startLoadBroker(settings: LoadBrokerSettings, options: ProgramOptions): Promise<LoadBroker> {
  const program = await startLoad("load-broker.ts", settings, options);
  return { ...program, ...(program.ready as { readonly port: number }) };
}

/** Starts a client that publishes to a broker on loopback. */
export function startLoadPublisher(settings: LoadPublisherSettings, options: ProgramOptions): Promise<Load> {
  return startLoad("load-publisher.ts", settings, options);
}

async function startLoad(file: string, settings: object, options: ProgramOptions): Promise<Load> {
  const program = await startProgram(join(PROGRAMS, file), [JSON.stringify(settings)], options);
  return {
    ...program,
    subscribed: (subscribed) => program.ask<void>({ subscribed } satisfies LoadRequest),
    send: (send) => program.ask<Sent>({ send } satisfies LoadRequest),
  };
}
