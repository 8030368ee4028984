import type { Answer, SinkRequest } from "../parts/http-sink.ts";

/** What else happens in a round, beside the agent's kill. */
export const EVENTS = [
  "kill influxd",
  "restart broker",
  "reload batches",
  "reload inputs",
  "reload mistake",
  "kill again",
] as const;
type Event = (typeof EVENTS)[number];

/** How the second sink fails; `down` is nobody at the port. */
export const FAILURES: Readonly<Record<string, Answer | "down" | ((request: SinkRequest) => Answer)>> = {
  "400 to everything": { status: 400, body: { error: "bad request" } },
  401: { status: 401, body: { error: "authorization failed" } },
  403: { status: 403 },
  404: { status: 404 },
  "413 to more than ten lines": ({ lines }) => ({ status: lines.length > 10 ? 413 : 204 }),
  "422 to everything": { status: 422, body: { error: "unprocessable" } },
  "429 with Retry-After": { status: 429, headers: { "retry-after": "1" } },
  500: { status: 500 },
  502: { status: 502 },
  "503 with Retry-After": { status: 503, headers: { "retry-after": "1" } },
  "500 after it took all": ({ lines }) => ({ status: 500, keeps: lines }),
  "a redirect": { status: 302, headers: { location: "http://127.0.0.1:1/" } },
  "an unknown status": { status: 418 },
  "no answer": "stall",
  "a reset": "reset",
  "half an answer": "cut",
  "no HTTP": "garbage",
  "nobody at the port": "down",
};

/** One round: the sink fails, the agent is killed, and one more thing happens. */
export interface Round {
  /** A key of `FAILURES`. */
  readonly failure: string;
  readonly event: Event;
  /** Whether the event comes before the kill, so that the kill hits its aftermath. */
  readonly eventFirst: boolean;
  /** Milliseconds before each thing that is done; a short one hits an agent that is still starting. */
  readonly pauses: readonly [number, number, number];
  /** The points of a batch that a reload of this round sets. */
  readonly batch: number;
}

/** The rounds that follow from a seed: always the same ones. Each event and each failure comes once before any comes twice. */
export function planRounds(seed: number, count: number): readonly Round[] {
  const random = randomFrom(seed);
  const events = deck(EVENTS, random);
  const failures = deck(Object.keys(FAILURES), random);
  const pause = () => Math.round(random() < 0.3 ? random() * 300 : random() * 2_000);
  return Array.from({ length: count }, () => ({
    failure: failures(),
    event: events(),
    eventFirst: random() < 0.5,
    pauses: [pause(), pause(), pause()],
    batch: 1 + Math.floor(random() * 500),
  }));
}

/** Deals all cards in a random order, then all again. */
function deck<T>(cards: readonly T[], random: () => number): () => T {
  let left: { card: T; rank: number }[] = [];
  return () => {
    if (left.length === 0) left = cards.map((card) => ({ card, rank: random() })).toSorted((a, b) => a.rank - b.rank);
    const next = left.pop();
    if (next === undefined) throw new Error("a deck needs a card");
    return next.card;
  };
}

/** Numbers from 0 to 1 that follow from the seed: mulberry32, by Tommy Ettinger, in the public domain. */
export function randomFrom(seed: number): () => number {
  let state = Math.trunc(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
