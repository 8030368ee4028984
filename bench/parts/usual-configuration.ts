/** Where the agent of a configuration takes its messages and brings its points, and what differs from the defaults. */
export interface UsualSettings {
  readonly brokerPort: number;
  readonly sinkPort: number;
  /** Left out: a port that the system chooses. */
  readonly pagePort?: number;
  /** More lines of the input, in YAML's flow style, such as "qos: 0"; the same for the others. */
  readonly input?: string;
  readonly output?: string;
  readonly journal?: string;
}

/** The usual agent: one MQTT input, one InfluxDB output, the live page; all else is as by default. */
export function usualConfiguration(settings: UsualSettings): string {
  const { brokerPort, sinkPort, pagePort = 0, input, output, journal = "" } = settings;
  return `version: 1
agent: { http: "127.0.0.1:${pagePort}" }
journal: { ${journal} }
inputs:
  load: {
    type: mqtt, url: "mqtt://127.0.0.1:${brokerPort}", topics: ["bench/{device}/state"]${after(input)},
    decode: { type: json, measurement: bench, tags: [probe] } }
outputs:
  sink: { type: influxdb, url: "http://127.0.0.1:${sinkPort}", database: bench${after(output)} }
`;
}

function after(lines: string | undefined): string {
  return lines === undefined ? "" : `, ${lines}`;
}
