/** The topics of the load. */
export const LOAD_FILTER = "bench/+/state";

export interface LoadedAgent {
  readonly brokerPort: number;
  readonly sinkPort: number;
  readonly qos: 0 | 1;
  /** The broker's in-flight window, where the configuration names it. */
  readonly maxInFlight?: number | undefined;
}

/** The configuration of an agent that takes the load and delivers it to the sink; all else is as by default. */
export function loadConfiguration({ brokerPort, sinkPort, qos, maxInFlight }: LoadedAgent): string {
  return `version: 1
agent: { http: false }
inputs:
  load:
    type: mqtt
    url: mqtt://127.0.0.1:${brokerPort}
    topics: ["bench/{device}/state"]
    qos: ${qos}
${maxInFlight === undefined ? "" : `    max_in_flight: ${maxInFlight}\n`}    decode: { type: json, measurement: bench, tags: [probe] }
outputs:
  sink:
    type: influxdb
    url: http://127.0.0.1:${sinkPort}
    database: bench
`;
}
