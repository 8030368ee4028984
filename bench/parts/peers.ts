import type { Collector } from "./collector.ts";
export function findPeer(name: string): Collector {
  throw new Error(`${name} is not on the PATH`);
}
