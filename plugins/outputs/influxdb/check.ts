import type { Problem } from "fieldline/plugin";
import type { InfluxSettings } from "./settings.ts";
import { type Api, apiOf } from "./target.ts";

type Key = keyof InfluxSettings;

const NAMES: Readonly<Record<Api, string>> = { v1: "InfluxDB 1.x", v2: "InfluxDB 2.x", v3: "InfluxDB 3.x" };
/** The keys that only some APIs know. */
const KEYS: Readonly<Record<Api, { readonly needs: readonly Key[]; readonly takes: readonly Key[] }>> = {
  v1: { needs: ["database"], takes: ["retention_policy", "create_database", "username", "password"] },
  v2: { needs: ["org", "bucket"], takes: ["token"] },
  v3: { needs: ["database"], takes: ["token"] },
};
const SPECIAL = new Set(Object.values(KEYS).flatMap(({ needs, takes }) => [...needs, ...takes]));
/** Headers that the writing itself sets. */
const OWN_HEADERS = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "transfer-encoding",
]);

/** What no single setting can tell: keys that are missing, that do not go together, or that HTTP cannot carry. */
export function check(settings: InfluxSettings): Problem[] {
  return [...checkUrl(settings), ...checkKeys(settings), ...checkHeaders(settings), ...checkTls(settings)];
}

function checkUrl({ url }: InfluxSettings): Problem[] {
  const message = urlProblem(url);
  return message === undefined ? [] : [{ path: ["url"], code: "bad-text", message }];
}

function urlProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return "expected a URL such as http://127.0.0.1:8086";
  const { username, password, pathname } = new URL(url);
  if (username !== "" || password !== "")
    return 'holds an account, and a URL is shown in logs: move it to "username" and "password"';
  const end = /\/(write|api\/v2\/write|api\/v3\/write_lp)\/?$/.exec(pathname);
  return end === null ? undefined : `ends in ${end[0]}, which is added by itself: leave it away`;
}

function checkKeys(settings: InfluxSettings): Problem[] {
  const api = apiOf(settings);
  const { needs, takes } = KEYS[api];
  const given = (key: Key) => settings[key] !== undefined && settings[key] !== false;
  const name = `${NAMES[api]}${settings.api === undefined ? "" : `, "api: ${api}"`}`;
  const missing = needs.filter((key) => !given(key));
  const strange = [...SPECIAL].filter((key) => given(key) && !needs.includes(key) && !takes.includes(key));
  if (missing.length === needs.length && settings.api === undefined && strange.length === 0) {
    const message =
      'where to write is missing: set "database" (1.x), "org", "bucket" and "token" (2.x), or "database" and "token" (3.x)';
    return [{ path: [], code: "missing-setting", message }];
  }
  const anchor = settings.api === undefined ? needs.find(given) : "api";
  return [
    ...missing.map((key) => ({
      path: anchor === undefined ? [] : [anchor],
      atKey: true,
      code: "missing-setting",
      message: `"${key}" is missing: ${name} needs ${needs.map((need) => `"${need}"`).join(" and ")}`,
    })),
    ...strange.map((key) => ({
      path: [key],
      atKey: true,
      code: "conflicting-settings",
      message: `"${key}" does not go with ${name}, which takes ${[...needs, ...takes].map((take) => `"${take}"`).join(", ")}`,
    })),
    ...checkAccount(settings),
  ];
}

function checkAccount({ username, password, token }: InfluxSettings): Problem[] {
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    const message = "holds a space, a line feed or another character that a token cannot have, or nothing at all";
    return [{ path: ["token"], code: "bad-text", message }];
  }
  if ((username === undefined) === (password === undefined)) return [];
  const [is, not] = username === undefined ? ["password", "username"] : ["username", "password"];
  return [{ path: [is], atKey: true, code: "missing-setting", message: `"${is}" needs "${not}" beside it` }];
}

function checkHeaders({ headers = {}, username, token }: InfluxSettings): Problem[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const problem = (code: string, message: string) => [{ path: ["headers", name], code, message, atKey: true }];
    const lower = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return problem("bad-text", `"${name}" is no name of a header`);
    if (OWN_HEADERS.has(lower)) return problem("conflicting-settings", `"${name}" is set by the output itself`);
    if (lower === "authorization" && (username !== undefined || token !== undefined))
      return problem("conflicting-settings", `"${name}" is made of the account or the token: remove one or the other`);
    return /^[\t\x20-\x7e]*$/.test(value)
      ? []
      : problem("bad-text", `the value of "${name}" holds a character that a header cannot have`);
  });
}

function checkTls({ url, tls }: InfluxSettings): Problem[] {
  if (tls === undefined) return [];
  const problems: Problem[] = [];
  if (!url.startsWith("https:"))
    problems.push({
      path: ["tls"],
      atKey: true,
      code: "conflicting-settings",
      message: '"tls" needs a "url" with https',
    });
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    const [is, not] = tls.cert === undefined ? ["key", "cert"] : ["cert", "key"];
    problems.push({
      path: ["tls", is],
      atKey: true,
      code: "missing-setting",
      message: `"${is}" needs "${not}" beside it`,
    });
  }
  return problems;
}
