import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { goldenFrames } from "../../firmware/protocol/golden.ts";
import {
  type Banner,
  commandText,
  Conversation,
  FIRMWARE_VERSION,
  type Frame,
  FrameReader,
  isOlderFirmware,
  isText,
} from "./index.ts";

/** What a reader makes of bytes that come at once, and one by one. */
function framesOf(bytes: Buffer): Frame[] {
  const frames = new FrameReader().push(bytes);
  const slowly = new FrameReader();
  expect([...bytes].flatMap((byte) => slowly.push(Uint8Array.of(byte)))).toEqual(frames);
  return frames;
}

function goldenBanner(): Banner {
  const frames = goldenFrames("banners").flatMap(({ bytes }) => framesOf(bytes));
  return frames.flatMap((frame) => (frame.kind === "banner" ? [frame.banner] : []))[0] as Banner;
}

/** A conversation with a board that says so to each command in turn. */
function answering(answers: readonly (readonly (string | Banner)[])[], answerMs?: number) {
  const sent: string[] = [];
  const board = new Conversation((text) => {
    const said = answers[sent.length] ?? [];
    sent.push(text.split("*")[0] ?? "");
    for (const each of said) board.take(each);
  }, answerMs);
  return { board, sent };
}

const never = new AbortController().signal;

describe("the frames of a board", () => {
  it.each(goldenFrames("groups"))("$title", ({ bytes, values: { line, mark, sequence, time } }) => {
    const at = mark === "~" ? { clock: Number(time) } : { age: Number(time) };
    const group = { kind: "group", line: Buffer.from(line ?? ""), sequence: Number(sequence), ...at };
    expect(framesOf(bytes)).toEqual([{ ...group, length: bytes.length }]);
  });

  it.each(goldenFrames("banners"))("$title", ({ bytes, values: { fw, board, id, config, ...numbers } }) => {
    const known = (digits: string | undefined) => (digits === "00000000" ? undefined : digits);
    const { epoch, next, held, channels, clock } = numbers;
    const counts = Object.entries({ epoch, next, held, channels, clock }).map(([key, text]) => [key, Number(text)]);
    const said = { version: 1, firmware: fw, board, id: known(id), config: known(config) };
    expect(framesOf(bytes)).toEqual([{ kind: "banner", banner: { ...said, ...Object.fromEntries(counts) } }]);
  });

  it.each(goldenFrames("failures"))("$title", ({ bytes, values: { channel, reason } }) => {
    expect(framesOf(bytes)).toEqual([{ kind: "failure", channel: Number(channel), reason }]);
  });

  it.each(goldenFrames("answers"))("$title", ({ bytes, values: { answer } }) => {
    expect(framesOf(bytes)).toEqual([{ kind: "answer", text: answer }]);
  });

  it.each(goldenFrames("damaged"))("$title: damage is found", ({ bytes, values: { passes = "", damaged } }) => {
    const frames = framesOf(bytes);
    const sequences = frames.flatMap((frame) => (frame.kind === "group" ? [String(frame.sequence)] : []));
    expect(sequences.join(" ")).toBe(passes);
    expect(frames.filter(({ kind }) => kind === "damaged")).toHaveLength(Number(damaged));
  });

  it("are not found in noise, which is told from text", () => {
    const noise = Buffer.from(Array.from({ length: 1_000 }, (_, index) => (index * 151) % 256));
    expect(framesOf(noise).every(({ kind }) => kind === "damaged")).toBe(true);
    expect(isText(noise)).toBe(false);
    expect(framesOf(Buffer.alloc(1_000, "text "))).toEqual([{ kind: "damaged", bytes: 256 }]);
    expect(isText(Buffer.from("k\u00FCche temp_c=21\n"))).toBe(true);
  });
});

describe("commands to a board", () => {
  it.each(goldenFrames("commands").filter(({ values }) => values["words"] !== undefined))(
    "$title",
    ({ bytes, values: { words } }) => {
      expect(commandText(words ?? "")).toBe(bytes.toString());
    },
  );

  it("are never longer than a board takes", () => {
    expect(commandText("x".repeat(185))).toHaveLength(192);
    expect(() => commandText("x".repeat(186))).toThrow("takes commands of 191 bytes, this has 192");
  });

  it("go one at a time, and again when they came damaged", async () => {
    const sent: string[] = [];
    const board = new Conversation((text) => void sent.push(text.split("*")[0] ?? ""));
    const [first, second] = [board.order("ack 1", never), board.order("keep 0B0A4DCA", never)];
    await Promise.resolve();
    expect(sent).toEqual(["!ack 1"]);
    board.take("error command crc");
    await expect.poll(() => sent).toEqual(["!ack 1", "!ack 1"]);
    board.take("ok ack");
    await first;
    await expect.poll(() => sent.at(-1)).toBe("!keep 0B0A4DCA");
    board.take("error keep number");
    await expect(second).rejects.toThrow('the board refuses "keep 0B0A4DCA": number');
  });

  it("are not answered by what comes late to another", async () => {
    // The first answer comes after its time, so that the second try has one too many.
    const answers = [[], ["ok channel"], ["ok channel", goldenBanner()], ["error channel pin"]];
    const { board, sent } = answering(answers, 20);
    await board.order("channel 0 kind=off", never);
    await expect(board.order("channel 1 kind=off", never)).rejects.toThrow("pin");
    expect(sent).toEqual(["!channel 0 kind=off", "!channel 0 kind=off", "!info", "!channel 1 kind=off"]);
  });

  it("are not answered by what comes to one that was given up", async () => {
    const { board, sent } = answering([[], ["ok ack", goldenBanner()], ["error ack number"]]);
    const end = new AbortController();
    const first = board.order("ack 1", end.signal);
    await expect.poll(() => sent).toEqual(["!ack 1"]);
    end.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await expect(board.order("ack 2", never)).rejects.toThrow("number");
    expect(sent).toEqual(["!ack 1", "!info", "!ack 2"]);
  });

  it("end with the signal", async () => {
    const end = new AbortController();
    const asked = new Conversation(() => {}).info(end.signal);
    end.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
  });
});

it("an older firmware is told from a newer one", () => {
  const others = ["0.0.9", "0.1", "0.0.10", FIRMWARE_VERSION, "0.1.1", "0.10.0", "1.0.0", "mine"];
  expect(others.filter(isOlderFirmware)).toEqual(["0.0.9", "0.0.10"]);
});

it("the firmware that comes with the agent has the version that the agent names", () => {
  const header = readFileSync(new URL("../../firmware/fieldline/src/Fieldline.h", import.meta.url), "utf8");
  expect(/FIELDLINE_VERSION "(.*)"/.exec(header)?.[1]).toBe(FIRMWARE_VERSION);
});
