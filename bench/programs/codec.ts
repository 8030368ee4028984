/**
 * Encodes or decodes the same batches of points again and again. Arguments: `ours` or `naive`, `encode` or `decode`,
 * how many points. Prints the CPU time per point, in microseconds, of what comes after the warm-up.
 *
 * Encoding ends with the bytes of a batch, in memory that is used again, as an output has them; decoding begins with the
 * bytes of a reading of many lines and ends with objects that hold maps. Both sides' results are compared before anything is measured.
 */
import { deepStrictEqual } from "node:assert";
import { type DecodedLine, decodeLines, type Point, TextBuffer, writeLine } from "../../src/model/index.ts";
import { decodeNaively, encodeNaively } from "./naive-codec.ts";
import { samplePoints } from "./sample-points.ts";

const BATCH = 5_000;
const WARM_UP = 20;
const LINE_FEED = 10;

type Work = { readonly encode: (batch: readonly Point[]) => Buffer; readonly decode: (bytes: Buffer) => unknown };

const SIDES: Readonly<Record<string, Work>> = {
  ours: { encode: encodeAll, decode: (bytes) => decodeLines(bytes).lines },
  naive: {
    encode: (batch) => Buffer.from(encodeNaively(batch)),
    decode: (bytes): DecodedLine[] => decodeNaively(bytes.toString()),
  },
};

const [side = "", direction = "", points = "0"] = process.argv.slice(2);
const texts = new TextBuffer();
const work = SIDES[side];
if (work === undefined) throw new Error(`no such side: ${side}`);
const batch = samplePoints(BATCH);
const bytes = Buffer.from(encodeNaively(batch));
checkSameness();
const run = direction === "encode" ? () => work.encode(batch).length : () => (work.decode(bytes) as unknown[]).length;
const expected = run();
for (let round = 0; round < WARM_UP; round += 1) run();
const rounds = Math.ceil(Number(points) / BATCH);
const before = process.cpuUsage();
for (let round = 0; round < rounds; round += 1) {
  if (run() !== expected) throw new Error("a round gave another result than the first");
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ microseconds: (user + system) / (rounds * BATCH) })}\n`);

/** As the outlet does it: each line ends in a line feed. What it gives is good until the next batch. */
function encodeAll(batch: readonly Point[]): Buffer {
  texts.length = 0;
  for (const point of batch) {
    writeLine(texts, point);
    texts.ascii(LINE_FEED);
  }
  return texts.bytes.subarray(0, texts.length);
}

function checkSameness(): void {
  for (const { encode, decode } of Object.values(SIDES)) {
    deepStrictEqual(encode(batch), bytes);
    deepStrictEqual(
      decode(bytes),
      batch.map(({ measurement, tags, fields, time }) => ({ measurement, tags, fields, time })),
    );
  }
}
