import { Duplex } from "node:stream";
import { FrameScanner, MalformedPacket } from "./frames.ts";
import type { Intake } from "./intake.ts";

const CONNACK = 2;
const PUBLISH = 3;
const PUBREL = 6;
const PINGREQ = 12;
const PINGRESP = 13;

/** A remaining length of 268,435,455 and five bytes before it (MQTT section 2.2.3). */
const MAX_PUBLISH = 268_435_460;
/** All other packets of a broker; the longest are acknowledgements of subscriptions and MQTT 5 properties. */
const MAX_OTHER = 2 ** 20;

/**
 * What mqtt.js gets for a socket: PUBLISH and PUBREL go to the intake, all else passes. mqtt.js would take a message at
 * a time through its parser, stream and events, and acknowledge it before it is durable.
 */
export function divert(socket: Duplex, intake: Intake): Duplex {
  const passed: Buffer[] = [];
  let pinging = false;
  const scanner = new FrameScanner(
    (bytes, start, body, end) => {
      const firstByte = bytes[start] ?? 0;
      const type = firstByte >> 4;
      if (type === PUBLISH) return intake.publish(firstByte, bytes, body, end);
      if (type === PUBREL) return intake.release(packetIdOf(bytes, body, end));
      if (type === CONNACK && end - body >= 2 && bytes[body + 1] === 0) intake.accepted(bytes[body] === 1);
      if (type === PINGRESP) pinging = false;
      passed.push(bytes.subarray(start, end));
    },
    (firstByte) => (firstByte >> 4 === PUBLISH ? MAX_PUBLISH : MAX_OTHER),
  );

  let between = false;
  const read = () => {
    if (!between && !intake.full && !stream.destroyed) socket.resume();
  };
  /** The answer to a ping lies behind messages that nobody reads while the disk is slow; that is no dead connection. */
  const reassure = () => {
    if (!pinging || !intake.full) return;
    pinging = false;
    stream.push(Buffer.from([PINGRESP << 4, 0]));
  };
  /** One chunk in a turn of the event loop: timers, other sockets and the disk get theirs. */
  const take = (chunk: Buffer) => {
    socket.pause();
    between = true;
    try {
      scanner.scan(chunk);
    } catch (error) {
      stream.destroy(error as Error);
    }
    intake.flush();
    if (stream.destroyed) return;
    for (const packet of passed.splice(0)) stream.push(packet);
    reassure();
    setImmediate(() => {
      between = false;
      read();
    });
  };
  const send = (chunks: readonly Buffer[], done: (error?: Error | null) => void) => {
    if ((chunks[0]?.[0] ?? 0) >> 4 === PINGREQ) pinging = true;
    reassure();
    socket.write(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks), done);
  };
  const stream = new Duplex({
    read() {},
    write: (chunk: Buffer, _, done) => send([chunk], done),
    // mqtt.js corks the stream for each packet, so that what arrives here ends with a packet's end.
    writev: (parts, done) =>
      send(
        parts.map(({ chunk }) => chunk as Buffer),
        done,
      ),
    final: (done) => {
      socket.end(done);
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });

  intake.onRoom = read;
  socket.on("data", take);
  // No broker half-closes. mqtt.js reads what came before the end, then it is over; a WebSocket would stay half open.
  socket.on("end", () => stream.push(null));
  stream.on("end", () => stream.destroy());
  socket.on("error", (error) => stream.destroy(error));
  socket.on("close", () => stream.destroy());
  return stream;
}

function packetIdOf(bytes: Buffer, body: number, end: number): number {
  if (end - body < 2) throw new MalformedPacket("a PUBREL has no packet id");
  return bytes.readUInt16BE(body);
}
