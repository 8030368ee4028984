import type { Socket } from "node:net";

/**
 * The whole lines that come on a socket, until it ends, closes or fails; what stands after the last line feed is no line.
 * @throws RangeError when a line is longer than `maxBytes`
 */
export async function* readLines(socket: Socket, maxBytes = Infinity): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks(socket)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]).toString();
      parts = [];
      bytes = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    bytes += chunk.length - start;
    if (bytes > maxBytes) throw new RangeError(`a line is longer than ${maxBytes} bytes`);
  }
}

async function* chunks(socket: Socket): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch {
    // It broke off: that is its end too.
  }
}
