export interface BridgeAddress {
  readonly host: string;
  readonly port: number;
}

/** True for a port that is reached through a network. */
export function isBridge(port: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(port);
}

/** The address in `tcp://host:port`, where host may be an IPv6 address in brackets; undefined when it is none. */
export function bridgeAddress(written: string): BridgeAddress | undefined {
  const match = /^tcp:\/\/(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+)):(\d{1,5})\/?$/i.exec(written);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
