import { generate } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { FrameScanner, MalformedPacket } from "./frames.ts";
import { readPublish } from "./publish.ts";

const ANY = () => Number.MAX_SAFE_INTEGER;
const text = (bytes: Buffer, start: number, end: number) => bytes.toString("utf8", start, end);

function scan(chunks: readonly Buffer[], limit: (firstByte: number) => number = ANY): Buffer[] {
  const frames: Buffer[] = [];
  const scanner = new FrameScanner(
    (bytes, start, _, end) => frames.push(Buffer.from(bytes.subarray(start, end))),
    limit,
  );
  for (const chunk of chunks) scanner.scan(chunk);
  return frames;
}

/** Much faster than toEqual. */
function same(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  return some.length === others.length && some.every((frame, index) => frame.equals(others[index] as Buffer));
}

function publishFrames(protocolVersion: 4 | 5): Buffer[] {
  const properties = {
    payloadFormatIndicator: true,
    messageExpiryInterval: 60,
    topicAlias: 3,
    contentType: "text/plain",
    responseTopic: "answer/here",
    correlationData: Buffer.from([1, 2, 3]),
    subscriptionIdentifier: 300,
    userProperties: { unit: "°C", many: ["1", "2"] },
  };
  const make = (payload: Buffer | string, qos: 0 | 1 | 2, full: boolean) =>
    generate(
      {
        cmd: "publish",
        topic: "größe/1",
        payload,
        qos,
        dup: qos > 0,
        retain: full,
        messageId: 0x1234,
        ...(protocolVersion === 5 && full ? { properties } : {}),
      },
      { protocolVersion },
    );
  return [
    make("", 0, false),
    make("21.5", 1, true),
    make("x".repeat(200), 2, false),
    generate({ cmd: "pingresp" }),
    make(Buffer.alloc(20_000, 7), 1, true),
  ];
}

describe.each([4, 5] as const)("packets of MQTT %s", (version) => {
  const frames = publishFrames(version);
  const stream = Buffer.concat(frames);

  it("are found wherever a chunk ends", () => {
    for (let cut = 0; cut <= stream.length; cut += cut < 400 ? 1 : 97)
      expect(same(scan([stream.subarray(0, cut), stream.subarray(cut)]), frames)).toBe(true);
  });

  it("are found in chunks of any length", () => {
    for (const length of [1, 2, 3, 5, 64, 1000]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < stream.length; at += length) chunks.push(stream.subarray(at, at + length));
      expect(same(scan(chunks), frames)).toBe(true);
    }
  });

  it("are read as PUBLISH with all that they say", () => {
    const read = frames.flatMap((frame) => {
      const found: ReturnType<typeof readPublish<string>>[] = [];
      const scanner = new FrameScanner((bytes, start, body, end) => {
        if ((bytes[start] ?? 0) >> 4 === 3) found.push(readPublish(bytes[start] ?? 0, bytes, body, end, version, text));
      }, ANY);
      scanner.scan(frame);
      return found;
    });
    const properties = {
      topicAlias: 3,
      contentType: "text/plain",
      responseTopic: "answer/here",
      user: [
        ["unit", "°C"],
        ["many", "1"],
        ["many", "2"],
      ],
    };
    const full = version === 5 ? properties : {};
    const common = { topic: "größe/1", packetId: 0x1234, dup: true };
    expect(read).toEqual([
      { ...common, packetId: 0, dup: false, qos: 0, retain: false, payload: Buffer.alloc(0), properties: {} },
      { ...common, qos: 1, retain: true, payload: Buffer.from("21.5"), properties: full },
      { ...common, qos: 2, retain: false, payload: Buffer.alloc(200, "x"), properties: {} },
      { ...common, qos: 1, retain: true, payload: Buffer.alloc(20_000, 7), properties: full },
    ]);
  });

  it("that are cut short are refused, never misread", () => {
    const frame = frames[1] ?? Buffer.alloc(0);
    const header = 2;
    const least = frame.length - (version === 5 ? 4 : 0) - header - 4;
    for (let length = 0; length < (version === 5 ? least : 11); length++)
      expect(() => readPublish(frame[0] ?? 0, frame, header, header + length, version, text)).toThrow(MalformedPacket);
  });
});

describe("the scanner", () => {
  it("refuses a length of five bytes and a packet beyond the limit", () => {
    expect(() => scan([Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 1])])).toThrow("more than four bytes");
    expect(() => scan([Buffer.from([0x30, 0xff]), Buffer.from([0xff, 0xff, 0xff, 1])])).toThrow("more than four bytes");
    expect(() => scan([Buffer.from([0x90, 0x80, 0x80, 0x04])], () => 1000)).toThrow("type 9 has 65540 bytes");
  });

  it("copies a long packet once, however many chunks it comes in", () => {
    const payload = Buffer.alloc(3_000_000, 1);
    const packet = generate({ cmd: "publish", topic: "t", payload, qos: 0, dup: false, retain: false });
    const chunks: Buffer[] = [];
    for (let at = 0; at < packet.length; at += 100) chunks.push(packet.subarray(at, at + 100));
    expect(scan(chunks)[0]?.equals(packet)).toBe(true);
  });
});

describe("a PUBLISH", () => {
  it.each([
    ["QoS 3", [0x36, 5, 0, 1, 97, 0, 1], 4],
    ["packet id 0", [0x32, 5, 0, 1, 97, 0, 0], 4],
    ["no topic", [0x30, 2, 0, 0], 4],
    ["no topic", [0x30, 3, 0, 0, 0], 5],
    ["property 17", [0x30, 9, 0, 1, 97, 5, 17, 0, 0, 0, 0], 5],
    ["within its properties", [0x30, 4, 0, 1, 97, 5], 5],
    ["within its properties", [0x30, 6, 0, 1, 97, 2, 0x23, 1], 5],
    ["more than four bytes", [0x30, 8, 0, 1, 97, 255, 255, 255, 255, 1], 5],
  ] as const)("is refused with %s", (reason, bytes, version) => {
    expect(() => readPublish(bytes[0], Buffer.from(bytes), 2, bytes.length, version, text)).toThrow(reason);
  });
});
