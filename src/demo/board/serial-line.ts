import { AVRUSART, type CPU, usart0Config } from "avr8js";

/** What waits to be sent to the board at most: more than a host sends at once. */
const MOST_WAITING = 4_096;
type Interrupt = Parameters<CPU["setInterruptFlag"]>[0];
const RECEIVED = 0x80;
const EMPTY = 0x20;
const RECEIVER_ENABLED = 0x10;

/** The serial port of a chip, with a line that brings one byte after the other. */
export class SerialLine {
  readonly #usart: AVRUSART;
  readonly #waiting: number[] = [];
  #sent: number[] = [];

  constructor(cpu: CPU, hertz: number) {
    this.#usart = new AVRUSART(cpu, usart0Config, hertz);
    mend(cpu, this.#usart);
    this.#usart.onByteTransmit = (byte) => void this.#sent.push(byte);
    this.#usart.onRxComplete = () => this.#next();
  }

  /** Sends the chip bytes at the rate that it has set; what it does not listen to is lost, and so is what is too much. */
  receive(bytes: Uint8Array): void {
    const room = MOST_WAITING - this.#waiting.length;
    this.#waiting.push(...bytes.subarray(0, room));
    if (!this.#usart.rxBusy) this.#next();
  }

  /** What the chip has sent since this was called last. */
  takeSent(): Uint8Array {
    const sent = Uint8Array.from(this.#sent);
    this.#sent = [];
    return sent;
  }

  #next(): void {
    let byte = this.#waiting.shift();
    while (byte !== undefined && this.#usart.writeByte(byte) !== true) byte = this.#waiting.shift();
  }
}

/** Has the serial port of avr8js 0.21.1 do what the chip does, in three places. */
function mend(cpu: CPU, usart: AVRUSART): void {
  const { UDRE, RXC } = usart as unknown as { readonly UDRE: Interrupt; readonly RXC: Interrupt };
  // It clears "data register empty" when its interrupt is taken: a program that for once sends nothing then would never be
  // interrupted again.
  UDRE.constant = true;
  const { UCSRA, UCSRB } = usart0Config;
  // It takes a write to the status register for one to the flags that a program can only read.
  const writeStatus = cpu.writeHooks[UCSRA];
  cpu.writeHooks[UCSRA] = (value, ...rest) => {
    const flags = (cpu.data[UCSRA] as number) & (RECEIVED | EMPTY);
    const done = writeStatus?.(value, ...rest) ?? false;
    cpu.data[UCSRA] = (cpu.data[UCSRA] as number) | flags;
    return done;
  };
  // It forgets a byte that has come whenever the control register is written, as the Arduino core does for each text it sends.
  const write = cpu.writeHooks[UCSRB];
  cpu.writeHooks[UCSRB] = (value, ...rest) => {
    const hasCome = ((cpu.data[UCSRA] as number) & RECEIVED) !== 0;
    const done = write?.(value, ...rest) ?? false;
    if (hasCome && (value & RECEIVER_ENABLED) !== 0) cpu.setInterruptFlag(RXC);
    return done;
  };
}
