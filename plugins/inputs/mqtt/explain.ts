/** What to do about an error of the connection, by its code or a part of its message. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, "is the broker running, and is the port right?"],
  [/ENOTFOUND|EAI_AGAIN/, "is the host in url right?"],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|connack timeout/, "is it reachable from here, and is it a broker?"],
  [/Bad username or password|Bad User Name|Not authorized/i, "check username and password"],
  [/protocol version/i, 'it does not speak this MQTT version: set version to "3.1.1" or "5"'],
  [/Identifier (rejected|not valid)/i, "it does not take this client id: set client_id"],
  [/session taken over/i, "another client uses the same client_id"],
  [/the broker closed it$/, "was it stopped, or does another client use the same client_id?"],
  [/before the broker answered/, "is the port right, and does it want TLS (mqtts:// or wss://) or none?"],
  [
    /SELF_SIGNED|UNABLE_TO|self-signed|unable to/,
    "set tls.ca to the certificate of the authority that signed the broker's",
  ],
  [/ALTNAME_INVALID/, "set tls.server_name to a name in the broker's certificate"],
  [/CERT_HAS_EXPIRED/, "the broker needs a new certificate, or this machine the right time"],
  [
    /alert (certificate|bad certificate|unknown ca|handshake)/i,
    "does it want a client certificate? Set tls.cert and tls.key",
  ],
  [/wrong version number|packet length too long/i, "it does not seem to use TLS on this port"],
  [/Unexpected server response/, "is the path in url that of MQTT by WebSocket?"],
];

/**
 * Why there is no connection to the broker, as a sentence with what to do about it.
 * @param broker the broker's name, without secrets
 */
export function explain(broker: string, error: unknown): string {
  const { message, code } = describe(error);
  const reason = message === "" ? code : message;
  const advice = ADVICE.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1];
  return `no connection to ${broker}: ${reason}${advice === undefined ? "" : `; ${advice}`}`;
}

/** A name with several addresses fails with one error for each and no message: the first stands for them. */
function describe(error: unknown): { message: string; code: string } {
  if (error instanceof AggregateError && error.message === "" && error.errors.length > 0)
    return describe(error.errors[0]);
  if (!(error instanceof Error)) return { message: String(error), code: "" };
  const { code = "" } = error as NodeJS.ErrnoException;
  return { message: error.message, code };
}
