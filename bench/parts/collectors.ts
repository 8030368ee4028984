import { join } from "node:path";
import { startProgram } from "../harness/program.ts";
import type { BareClientSettings } from "../programs/bare-client.ts";
import { LOAD_FILTER } from "../programs/prepared-messages.ts";
import { type Collector, type Place, subscribing } from "./collector.ts";
import { startFieldline, startInFolder } from "./fieldline.ts";
import { usualConfiguration } from "./usual-configuration.ts";

const PROGRAMS = join(import.meta.dirname, "../programs");

/** `fieldline run`, its journal on a disk. */
export const ours: Collector = subscribing("ours", (brokerPort, place) =>
  startFieldline(configurationOf(brokerPort, place), optionsOf(place)),
);

/** The same agent, with a disk whose syncs take so long. */
export function oursOnSlowDisk(syncMs: number): Collector {
  const file = join(PROGRAMS, "slow-disk-agent.ts");
  return subscribing("ours", (brokerPort, place) =>
    startInFolder(configurationOf(brokerPort, place), (folder) =>
      startProgram(file, [JSON.stringify({ syncMs })], { ...optionsOf(place), folder }),
    ),
  );
}

/** mqtt.js, which acknowledges at once, JSON.parse, texts put together, gzip and POST. */
export const bareClient: Collector = subscribing("bare client", (port, place) =>
  startBare({ port, sink: place.sinkPort, qos: place.qos, filter: LOAD_FILTER }, place),
);

/** mqtt.js alone: receives, acknowledges and does nothing with it. */
export const mqttAlone: Collector = subscribing(
  "mqtt.js alone",
  (port, place) => startBare({ port, qos: place.qos, filter: LOAD_FILTER }, place),
  false,
);

function startBare(settings: BareClientSettings, place: Place) {
  return startProgram(join(PROGRAMS, "bare-client.ts"), [JSON.stringify(settings)], optionsOf(place));
}

function configurationOf(brokerPort: number, { sinkPort, qos, window }: Place): string {
  const input = [`qos: ${qos}`, ...(window === undefined ? [] : [`max_in_flight: ${window}`])];
  return usualConfiguration({ brokerPort, sinkPort, input: input.join(", ") });
}

function optionsOf({ signal, cpus }: Place) {
  return { signal, cpus: cpus?.collector };
}
