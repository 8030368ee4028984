const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const LAST_ASCII = 126;
/** More strange bytes than this are more than a bad line makes. */
const MOST_STRANGE = 0.2;

/** Whether bytes look like what a board says; what comes with another baud rate does not. */
export function isText(bytes: Uint8Array): boolean {
  let strange = 0;
  for (const byte of bytes) if (isStrange(byte)) strange += 1;
  return strange <= MOST_STRANGE * bytes.length;
}

function isStrange(byte: number): boolean {
  return byte > LAST_ASCII || (byte < SPACE && byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN);
}
