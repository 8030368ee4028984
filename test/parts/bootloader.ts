import { duplexPair, type Duplex } from "node:stream";

export interface BootloaderFaults {
  readonly signature?: readonly [number, number, number];
  /** Stops answering when this command comes, by its code. */
  readonly silentAt?: number;
  /** What it answers to this command, by its code, in place of what is right. */
  readonly wrongAnswerTo?: { readonly command: number; readonly answer: readonly number[] };
  /** Keeps its answers to itself until so many commands have come, and then gives them all. */
  readonly lateUntil?: number;
  /** A byte of flash that does not take what is written. */
  readonly worn?: number;
  /** Says this first, as the sketch that was there did. */
  readonly chatter?: string;
}

const HEAD_LENGTHS: Readonly<Record<number, number>> = { 0x55: 2, 0x64: 3, 0x74: 3 };

/** The other end of the wire: a bootloader that speaks STK500 version 1, with the faults that are asked for. */
export function scriptBootloader(faults: BootloaderFaults = {}): { readonly stream: Duplex; readonly flash: Buffer } {
  const [stream, board] = duplexPair();
  const flash = Buffer.alloc(32_768, 0xff);
  let received = Buffer.alloc(0);
  let address = 0;
  let heard = 0;
  const answers: Buffer[] = [];
  const write = (page: Buffer, length: number) => {
    page.copy(flash, address);
    const { worn } = faults;
    if (worn !== undefined && worn >= address && worn < address + length) flash[worn] = (flash[worn] ?? 0) ^ 0x80;
  };
  const obey = (command: Buffer): readonly number[] => {
    const length = command.length > 2 ? command.readUInt16BE(1) : 0;
    const [code] = command;
    if (code === 0x55) address = command.readUInt16LE(1) * 2;
    if (code === 0x64) write(command.subarray(4), length);
    if (code === 0x74) return [...flash.subarray(address, address + length)];
    return code === 0x75 ? (faults.signature ?? [0x1e, 0x95, 0x0f]) : [];
  };
  if (faults.chatter !== undefined) board.write(faults.chatter);
  board.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let length = commandLength(received); received.length >= length; length = commandLength(received)) {
      const command = received.subarray(0, length - 1);
      received = received.subarray(length);
      if (command[0] === faults.silentAt) continue;
      const { wrongAnswerTo } = faults;
      const answer = wrongAnswerTo?.command === command[0] ? wrongAnswerTo?.answer : [0x14, ...obey(command), 0x10];
      answers.push(Buffer.from(answer ?? []));
      heard += 1;
      if (heard >= (faults.lateUntil ?? 0)) board.write(Buffer.concat(answers.splice(0)));
    }
  });
  return { stream, flash };
}

/** With its last byte, 0x20; Infinity while that cannot be said. */
function commandLength(received: Buffer): number {
  const [code] = received;
  if (code === undefined) return Infinity;
  if (code !== 0x64) return 1 + (HEAD_LENGTHS[code] ?? 0) + 1;
  return received.length < 3 ? Infinity : 4 + received.readUInt16BE(1) + 1;
}
