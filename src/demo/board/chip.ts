import {
  adcConfig,
  AVRADC,
  AVRClock,
  AVREEPROM,
  avrInstruction,
  AVRTimer,
  AVRWatchdog,
  CPU,
  type EEPROMMemoryBackend,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  watchdogConfig,
} from "avr8js";
import { FIRST_ANALOG, type Outside, PINS } from "./outside.ts";
import { PortPins } from "./port-pins.ts";
import { SerialLine } from "./serial-line.ts";

export const HERTZ = 16_000_000;
const RAM_BYTES = 2_048;
const RAM_START = 0x100;
const SLEEP = 0x9588;
const SMCR = 0x53;
const SLEEP_ENABLED = 1;
const MCUSR = 0x54;
const VOLTS_PER_MILLIVOLT = 1e-3;

/** Bits of the register that tells a program why it starts. */
export const CAUSES = { power: 0b0001, external: 0b0010, watchdog: 0b1000 } as const;
export type Cause = keyof typeof CAUSES;

/** What a chip holds on to: flash and EEPROM without power, `ram` through a reset alone. */
export interface Memories {
  readonly flash: Uint16Array;
  readonly eeprom: EEPROMMemoryBackend;
  ram: Uint8Array;
}

/** An ATmega328P from one reset to the next: a reset is a new chip with the same memories. */
export class Chip {
  readonly serial: SerialLine;
  readonly #cpu: CPU;
  readonly #flash: Uint16Array;
  readonly #adc: AVRADC;
  readonly #ports: readonly PortPins[];
  readonly #outside: Outside;
  #hasBitten = false;
  /** Where it goes on when an interrupt has woken it; undefined while it is awake. */
  #asleepAt: number | undefined;

  constructor(memories: Memories, cause: Cause, outside: Outside) {
    const cpu = new CPU(memories.flash, RAM_BYTES);
    cpu.data.set(memories.ram, RAM_START);
    memories.ram = cpu.data.subarray(RAM_START);
    cpu.data[MCUSR] = CAUSES[cause];
    this.#cpu = cpu;
    this.#flash = memories.flash;
    this.#outside = outside;
    addPeripherals(cpu, memories.eeprom);
    // The peripherals of avr8js keep their state when its processor is reset.
    cpu.reset = () => void (this.#hasBitten = true);
    this.serial = new SerialLine(cpu, HERTZ);
    this.#adc = new AVRADC(cpu, adcConfig);
    this.#ports = [
      new PortPins(cpu, portDConfig, 0, 8),
      new PortPins(cpu, portBConfig, 8, 6),
      new PortPins(cpu, portCConfig, FIRST_ANALOG, 6),
    ];
    for (const pins of this.#ports)
      pins.watch(() => {
        for (const watcher of outside.watchers) watcher();
      });
    this.look();
  }

  /** In cycles since its reset. */
  get time(): number {
    return this.#cpu.cycles;
  }

  /** Whether the watchdog wants it reset. */
  get hasBitten(): boolean {
    return this.#hasBitten;
  }

  /** Takes over what its surroundings do to its pins. */
  look(): void {
    for (const [input, millivolts] of this.#outside.millivolts.entries())
      this.#adc.channelValues[input] = millivolts * VOLTS_PER_MILLIVOLT;
    for (const pins of this.#ports) pins.drive(this.#outside.levels);
  }

  /** Whether a pin is high. @throws RangeError for a pin that an Uno does not have */
  level(pin: number): boolean {
    const level = this.#ports.find((pins) => pins.has(pin))?.level(pin);
    if (level === undefined) throw new RangeError(`an Uno has pins 0 to ${PINS - 1}, not ${pin}`);
    return level;
  }

  /** Runs until its time is `until`, in cycles, or its watchdog has bitten. */
  runUntil(until: number): void {
    const cpu = this.#cpu;
    while (cpu.cycles < until && !this.#hasBitten) {
      if (this.#asleepAt !== undefined) {
        this.#sleepUntil(until, this.#asleepAt);
      } else if (this.#flash[cpu.pc] === SLEEP && (cpu.data[SMCR] as number) & SLEEP_ENABLED) {
        cpu.pc += 1;
        cpu.cycles += 1;
        this.#asleepAt = cpu.pc;
      } else {
        avrInstruction(cpu);
        cpu.tick();
      }
    }
  }

  /** avr8js does nothing on SLEEP, and would run through a program's idle time instruction by instruction. */
  #sleepUntil(until: number, place: number): void {
    const cpu = this.#cpu;
    const events = cpu as unknown as { readonly nextClockEvent: { readonly cycles: number } | null };
    while (cpu.pc === place && cpu.cycles < until && !this.#hasBitten) {
      cpu.tick();
      if (cpu.pc === place) cpu.cycles = Math.max(cpu.cycles, Math.min(events.nextClockEvent?.cycles ?? until, until));
    }
    if (cpu.pc !== place) this.#asleepAt = undefined;
  }
}

/** Those that are spoken to by their registers alone. */
function addPeripherals(cpu: CPU, eeprom: EEPROMMemoryBackend): readonly object[] {
  return [
    ...[timer0Config, timer1Config, timer2Config].map((config) => new AVRTimer(cpu, config)),
    new AVREEPROM(cpu, eeprom),
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, HERTZ)),
  ];
}
