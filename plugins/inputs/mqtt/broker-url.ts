/** Where a broker is and how to reach it. */
export interface BrokerUrl {
  readonly transport: "tcp" | "websocket";
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The path and query of a WebSocket. */
  readonly path: string;
  readonly username?: string;
  readonly password?: string;
  /** The url without user, password and query, in one spelling: for logs and comparisons. */
  readonly name: string;
}

interface Scheme {
  readonly name: string;
  readonly transport: BrokerUrl["transport"];
  readonly secure: boolean;
  readonly port: number;
}

const MQTT: Scheme = { name: "mqtt", transport: "tcp", secure: false, port: 1883 };
const MQTTS: Scheme = { name: "mqtts", transport: "tcp", secure: true, port: 8883 };
const SCHEMES: Readonly<Record<string, Scheme>> = {
  "mqtt:": MQTT,
  "tcp:": MQTT,
  "mqtts:": MQTTS,
  "ssl:": MQTTS,
  "tls:": MQTTS,
  "ws:": { name: "ws", transport: "websocket", secure: false, port: 80 },
  "wss:": { name: "wss", transport: "websocket", secure: true, port: 443 },
};

const EXPECTED = "expected a broker such as mqtt://127.0.0.1:1883, mqtts://HOST, ws://HOST/mqtt or wss://HOST/mqtt";

/** Reads a broker's url. @throws Error that says what is expected; it shows no url that may hold a password */
export function parseBrokerUrl(text: string): BrokerUrl {
  const url = URL.parse(text);
  const scheme = url === null ? undefined : SCHEMES[url.protocol];
  if (url === null || scheme === undefined || url.hostname === "") {
    throw new Error(`${EXPECTED}${foundText(text, url)}`);
  }
  const { transport, secure } = scheme;
  const port = url.port === "" ? scheme.port : Number(url.port);
  if (transport === "tcp" && !/^\/?$/.test(url.pathname + url.search))
    throw new Error(`${scheme.name}:// has no path: a topic belongs in topics, and a path goes with ws:// or wss://`);
  const path = transport === "websocket" ? url.pathname : "";
  return {
    transport,
    secure,
    port,
    path: path + url.search,
    host: url.hostname.replaceAll(/^\[|\]$/g, ""),
    name: `${scheme.name}://${url.hostname}:${port}${path === "/" ? "" : path}`,
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
  };
}

/** What to say of a text that is no url of a broker. An `@` may stand behind a password. */
function foundText(text: string, url: URL | null): string {
  if (text.includes("@")) return "";
  const close = !text.includes("//") && URL.canParse(`mqtt://${text}`) ? `; did you mean mqtt://${text}?` : "";
  return `, found ${url === null || close !== "" ? JSON.stringify(text) : `${url.protocol}//`}${close}`;
}
