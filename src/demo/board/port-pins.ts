import { AVRIOPort, type CPU, PinState, type portBConfig } from "avr8js";

/** The pins of a port of the chip, and what drives them from outside. */
export class PortPins {
  readonly #cpu: CPU;
  readonly #config: typeof portBConfig;
  readonly #port: AVRIOPort;
  readonly #firstPin: number;
  readonly #count: number;
  /** A bit for each pin: whether something outside drives it, and whether it drives it high. */
  #driven = 0;
  #high = 0;
  /** What the port has been told that its inputs are at. */
  #told = 0;

  /** @param firstPin the number that the port's bit 0 has on an Uno, which has `count` of its bits as pins */
  constructor(cpu: CPU, config: typeof portBConfig, firstPin: number, count: number) {
    this.#cpu = cpu;
    this.#config = config;
    this.#port = new AVRIOPort(cpu, config);
    this.#firstPin = firstPin;
    this.#count = count;
  }

  has(pin: number): boolean {
    return pin >= this.#firstPin && pin < this.#firstPin + this.#count;
  }

  /** Calls back whenever the chip changes what it drives. */
  watch(changed: () => void): void {
    this.#port.addListener(() => {
      this.#tell();
      changed();
    });
  }

  /** @param levels by the pin's number on an Uno; undefined where nothing drives it */
  drive(levels: readonly (boolean | undefined)[]): void {
    this.#driven = 0;
    this.#high = 0;
    for (let bit = 0; bit < this.#count; bit++) {
      const level = levels[this.#firstPin + bit];
      if (level !== undefined) this.#driven |= 1 << bit;
      if (level === true) this.#high |= 1 << bit;
    }
    this.#tell();
  }

  level(pin: number): boolean {
    const bit = pin - this.#firstPin;
    const state = this.#port.pinState(bit);
    if (state === PinState.Low || state === PinState.High) return state === PinState.High;
    return ((this.#told >> bit) & 1) === 1;
  }

  /** avr8js leaves it to others that an input that nothing drives is where its pull-up has it. */
  #tell(): void {
    const { data } = this.#cpu;
    const pulledUp = (data[this.#config.PORT] as number) & ~(data[this.#config.DDR] as number);
    const inputs = (pulledUp & ~this.#driven) | this.#high;
    const changed = inputs ^ this.#told;
    this.#told = inputs;
    for (let bit = 0; changed >> bit !== 0; bit++)
      if ((changed >> bit) & 1) this.#port.setPin(bit, ((inputs >> bit) & 1) === 1);
  }
}
