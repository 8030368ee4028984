import type { BoardLink } from "fieldline/plugin";
import type { KnownBoard } from "./known-board.ts";
import type { Ledger } from "./ledger.ts";

/** An input that takes over begins at once; one that cannot be begun leaves the port open no longer than this. */
const KEPT_MS = 5_000;

/** An open link, and what is known of the board at its end. */
export interface KeptLink {
  readonly link: BoardLink;
  readonly board: KnownBoard;
  readonly ledger: Ledger;
}

const kept = new Map<string, KeptLink & { readonly timer: NodeJS.Timeout }>();

/** Keeps a link open for the input that takes over from this one: opening a port anew would reset the board. */
export function keepLink(port: string, keeping: KeptLink): void {
  const { link } = keeping;
  const before = takeKeptLink(port);
  void before?.link.close();
  link.rest();
  const forget = () => {
    if (kept.get(port)?.link !== link) return;
    kept.delete(port);
    void link.close();
  };
  kept.set(port, { ...keeping, timer: setTimeout(forget, KEPT_MS) });
  void link.connection.lost.then(forget);
}

/** The link that was kept of this port, when there is one. */
export function takeKeptLink(port: string): KeptLink | undefined {
  const found = kept.get(port);
  kept.delete(port);
  clearTimeout(found?.timer);
  return found;
}
