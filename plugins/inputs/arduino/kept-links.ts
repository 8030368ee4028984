import type { BoardLink } from "fieldline/plugin";
/** An input that takes over begins at once; one that cannot be begun leaves the port open no longer than this. */
const KEPT_MS = 5_000;

const kept = new Map<string, { readonly link: BoardLink; readonly timer: NodeJS.Timeout }>();

/** Keeps a link open for the input that takes over from this one: opening a port anew would reset the board. */
export function keepLink(port: string, link: BoardLink): void {
  const before = takeKeptLink(port);
  void before?.close();
  link.rest();
  const forget = () => {
    if (kept.get(port)?.link !== link) return;
    kept.delete(port);
    void link.close();
  };
  kept.set(port, { link, timer: setTimeout(forget, KEPT_MS) });
  void link.connection.lost.then(forget);
}

/** The link that was kept of this port, when there is one. */
export function takeKeptLink(port: string): BoardLink | undefined {
  const found = kept.get(port);
  kept.delete(port);
  clearTimeout(found?.timer);
  return found?.link;
}
