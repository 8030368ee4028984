import { encodeLine, type FieldValue, type Point, type Reading, timestampFromMillis } from "../model/index.ts";

/** Numbers from 0 to 1, the same in every run (mulberry32, public domain, by Tommy Ettinger). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const START = 1_790_000_000_000;
/** How far apart samples come, in milliseconds; and from one of them on the wall clock is set back. */
const EVERY_MS = 5_000;
const SET_BACK = { from: 100, byMs: 150_000 };
const VALUES: readonly FieldValue[] = [
  0,
  -0,
  21.5,
  1e308,
  5e-324,
  2 ** 53,
  true,
  false,
  "",
  "107.25",
  'a "quoted"\\\n text',
  ...([0, 7, -7, 2n ** 62n, -(2n ** 63n)] as const).map((value): FieldValue => ({ type: "integer", value })),
  ...([0, 7, 2n ** 64n - 1n] as const).map((value): FieldValue => ({ type: "unsigned", value })),
];
const HOSTILE_NAMES = ["", "#", "a b,c=d", "back\\", "new\nline", "\t", "é😀", "__proto__", "constructor", "\uD800"];

/** When a sample comes, in milliseconds since 1970. */
export function receivedAt(offset: number): number {
  return START + offset * EVERY_MS - (offset < SET_BACK.from ? 0 : SET_BACK.byMs);
}

/**
 * Points whose names are often those that a plugin looks for; they are not all such as line protocol can carry. Many are
 * of the same few series, and of about the time at which they come.
 * @param words names to use beside hostile ones
 */
export function samplePoints(words: readonly string[], count: number, seed: number): Point[] {
  const random = chance(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const name = () => (words.length > 0 && random() < 0.8 ? pick(words) : pick(HOSTILE_NAMES));
  const map = <Value>(size: number, value: () => Value) =>
    new Map(Array.from({ length: size }, () => [name(), value()] as const));
  const points: Point[] = [];
  for (let offset = 0; offset < count; offset++) {
    const known = random() < 0.5 ? points[Math.floor(random() * 4)] : undefined;
    const ms = random() < 0.8 ? receivedAt(offset) - random() * 2 * EVERY_MS : receivedAt(random() * count);
    points.push({
      measurement: known?.measurement ?? name(),
      tags: known?.tags ?? map(Math.floor(random() * 4), name),
      fields: map(1 + Math.floor(random() * 4), () => (random() < 0.5 ? 100 * random() : pick(VALUES))),
      time: timestampFromMillis(Math.floor(ms)),
      offset,
    });
  }
  return points;
}

/** Payloads of many formats and of none. */
export function samplePayloads(words: readonly string[], seed: number): Uint8Array[] {
  const random = chance(seed);
  const texts = [
    "",
    " ",
    "\n",
    "107.25",
    " 21 ",
    "true",
    "ON",
    "nan",
    "9007199254740993",
    "-",
    '"',
    "{",
    "[[",
    "null",
    "\uFEFF1",
  ];
  for (const point of samplePoints(words, 30, seed)) {
    const fields = Object.fromEntries([...point.fields].map(([key, value]) => [key, plain(value)]));
    texts.push(
      JSON.stringify({ ...Object.fromEntries(point.tags), ...fields }),
      JSON.stringify([fields, [fields], null]),
    );
    texts.push(lineOf(point), `${lineOf(point)}\nnoise\n${lineOf(point)}`);
  }
  const noise = Array.from({ length: 40 }, (_, length) =>
    Uint8Array.from({ length: 3 * length }, () => random() * 256),
  );
  return [...texts.map((text) => Buffer.from(text)), ...noise];
}

/** Payloads of a megabyte. */
export function hugePayloads(seed: number): Uint8Array[] {
  const random = chance(seed);
  const size = 2 ** 20;
  const units = ["1", "a", '"', "\\", "[", '{"a":', "{},", "a=1,", "a b=1\n", ",", " ", "\0"];
  return [...units.map((unit) => Buffer.alloc(size, unit)), Uint8Array.from({ length: size }, () => random() * 256)];
}

/** Readings as an input gives them. */
export function readingsOf(payloads: readonly Uint8Array[]): Reading[] {
  return payloads.map((payload, offset) => ({
    input: "sample",
    channel: `sample/${offset % 3}`,
    payload,
    time: timestampFromMillis(START + offset),
    offset,
  }));
}

function plain(value: FieldValue): string | number | boolean {
  return typeof value === "object" ? Number(value.value) : value;
}

function lineOf(point: Point): string {
  try {
    return encodeLine(point);
  } catch {
    return "bbq temp=107.25";
  }
}
