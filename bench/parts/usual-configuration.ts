/** Where the agent of a configuration takes its messages and brings its points. */
export interface Ends {
  readonly brokerPort: number;
  readonly sinkPort: number;
}

/**
 * The usual agent: one MQTT input, one InfluxDB output, the live page; all as by default, but for the page's port, which
 * the system chooses. `journal` and `output` are further lines of these sections, in YAML's flow style.
 */
export function usualConfiguration({ brokerPort, sinkPort }: Ends, journal = "", output = ""): string {
  return `version: 1
agent: { http: "127.0.0.1:0" }
journal: { ${journal} }
inputs:
  load:
    type: mqtt
    url: mqtt://127.0.0.1:${brokerPort}
    topics: ["bench/{device}/state"]
    decode: { type: json, measurement: bench, tags: [probe] }
outputs:
  sink: { type: influxdb, url: "http://127.0.0.1:${sinkPort}", database: bench${output === "" ? "" : `, ${output}`} }
`;
}
