import { WriteError } from "fieldline/plugin";

const UNTRUSTED = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const CLOSED = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
const TIMED_OUT = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"]);
const UNREACHABLE = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"]);

/** True when the two sides did not agree on TLS. */
export function isTlsFailure(error: unknown): boolean {
  const code = codeOf(error);
  return UNTRUSTED.has(code) || /^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$)/.test(code);
}

/** True when nothing of a request can have left, since there was no connection. */
export function isWithoutConnection(error: unknown): boolean {
  const code = codeOf(error);
  const never = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"];
  return never.includes(code) || UNREACHABLE.has(code) || isTlsFailure(error);
}

/** The error for a request that got no answer: what happened at which address, and what to do. */
export function explainFailure(error: unknown, origin: string, signal: AbortSignal): WriteError {
  if (error instanceof WriteError) return error;
  if (signal.aborted)
    return new WriteError("unavailable", `${origin} had not answered when the write was called off`, { cause: error });
  const code = codeOf(error);
  // The status is not known then: this must be able to end, as smaller batches get shorter answers.
  const kind = code === "UND_ERR_HEADERS_OVERFLOW" ? "refused" : "unavailable";
  return new WriteError(kind, sentence(code, error, origin), { cause: error });
}

/** The code of an error, or of the first of several addresses' errors. */
function codeOf(error: unknown): string {
  const { code, errors, cause } = error as { code?: unknown; errors?: readonly unknown[]; cause?: unknown };
  if (typeof code === "string") return code;
  const [first] = errors ?? [];
  if (first !== undefined) return codeOf(first);
  return cause instanceof Error ? codeOf(cause) : "";
}

function sentence(code: string, error: unknown, origin: string): string {
  const { host, hostname } = new URL(origin);
  if (code === "ECONNREFUSED") return `${host} refused the connection: is the store running, and is the port right?`;
  if (code === "ENOTFOUND") return `the host name ${hostname} is not known: check url`;
  if (code === "EAI_AGAIN") return `the host name ${hostname} cannot be looked up now: is the network up?`;
  if (UNREACHABLE.has(code)) return `${host} cannot be reached: is the network up?`;
  if (TIMED_OUT.has(code))
    return `${host} did not take the connection in time: is the address right, and does a firewall let it through?`;
  if (CLOSED.has(code)) {
    // A TLS 1.3 server refuses a client after the handshake, and its reason is often lost with the connection.
    const hint = origin.startsWith("https:") ? "; it may want a client certificate: tls.cert and tls.key" : "";
    return `${host} closed the connection before its answer was whole${hint}`;
  }
  if ((error as Error).name === "HTTPParserError")
    return `${host} does not speak HTTP: check the port${origin.startsWith("http:") ? ", or use https" : ""}`;
  return isTlsFailure(error) ? tlsSentence(code, error, host) : `no answer from ${host}: ${describe(code, error)}`;
}

function tlsSentence(code: string, error: unknown, host: string): string {
  if (UNTRUSTED.has(code))
    return `the certificate of ${host} comes from nobody whom this machine trusts: set tls.ca to the authority's certificate`;
  if (code === "CERT_HAS_EXPIRED") return `the certificate of ${host} has expired: renew it`;
  if (code === "CERT_NOT_YET_VALID")
    return `the certificate of ${host} is not valid yet: is the clock of this machine right?`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `the certificate of ${host} is made out to another name: use that name in url`;
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER/.test(code))
    return `${host} does not speak TLS: use http in url, or another port`;
  if (code.includes("ALERT"))
    return `${host} does not trust this side (${code}): it may want a client certificate, set tls.cert and tls.key`;
  return `no TLS with ${host}: ${describe(code, error)}`;
}

function describe(code: string, error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return message.includes(code) ? message : `${code} ${message}`;
}
