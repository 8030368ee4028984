import { Throttle } from "../observe/index.ts";
import { type Log, reasonOf } from "../plugin/index.ts";

/** This program's own code, but for the SDK, which runs on behalf of plugins. */
const OWN = new URL("../", import.meta.url).href;
const SDK = new URL("plugin/", OWN).href;

export interface StrayOptions {
  readonly log: Log;
  /** One more that the agent lives on with. */
  readonly count: () => void;
  /** It must not live on. */
  readonly die: () => void;
}

/**
 * Catches what nobody else has caught in this process: a plugin's timer that throws, an error event of a socket that
 * nobody listens to, a promise that is rejected unheard. These are no reason to stop, since what this program itself
 * calls of a plugin is contained where it is called.
 *
 * A throw of this program's own code alone, out of a timer or an event, is: the journal's or an outlet's state may be
 * half changed, and to go on could acknowledge what is not durable. The process ends at once, as in a power cut, which
 * the journal is made for. A promise that is rejected unheard is never such a throw: the journal tells its failures to
 * whoever appended, and holds senders back by itself.
 */
export function catchStrays({ log, count, die }: StrayOptions): void {
  const throttle = new Throttle();
  const tell = (error: unknown) => {
    count();
    // Bounded: an error of the log's own stream would come back here.
    throttle.pass((since) => log.error({ since, at: placesOf(error)[0] }, `${STRAY}: ${reasonOf(error)}; ${LIVES}`));
  };
  const thrown = (error: unknown) => {
    if (!isOwn(error)) return tell(error);
    log.error({ stack: error instanceof Error ? error.stack : undefined }, `${OWN_FAULT}: ${reasonOf(error)}`);
    die();
  };
  process.on("uncaughtException", thrown).on("unhandledRejection", tell);
}

const STRAY = "an error that nobody caught, probably of a plugin";
const LIVES = "the agent goes on; tell whoever made the plugin";
const OWN_FAULT =
  "fieldline itself failed and ends, since its state is not certain; what is acknowledged is on disk, and the next start goes on from there";

/** Whether all code that a throw came through is this program's. */
export function isOwn(error: unknown): boolean {
  const places = placesOf(error);
  return places.length > 0 && places.every((place) => place.startsWith(OWN) && !place.startsWith(SDK));
}

/** The modules that a throw came through, the innermost first, but for those of Node itself. */
function placesOf(error: unknown): readonly string[] {
  const stack = error instanceof Error && typeof error.stack === "string" ? error.stack : "";
  const places = stack.matchAll(/^ +at (?:.*\(|async )?((?:file:\/\/)?\/[^()\n]*?):\d+:\d+\)?$/gm);
  return [...places].flatMap(([, place = ""]) => (place.startsWith("/") ? `file://${place}` : place));
}
