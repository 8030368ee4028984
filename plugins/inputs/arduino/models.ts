import type { PinNeed } from "./kinds.ts";

/** What a board has, by firmware/PROTOCOL.md. */
export interface Model {
  /** As people call it. */
  readonly title: string;
  /** As its banner calls it. */
  readonly chip: string;
  readonly channels: number;
  /** The first and the last of its digital pins. */
  readonly digital: readonly [number, number];
  readonly analog: number;
  /** Analog inputs below this number can serve as digital pins. */
  readonly analogAsDigital: number;
  /** The digital pins that the others are as well, in their order. */
  readonly alsoDigital: readonly number[];
  readonly interrupts: readonly number[];
  /** The pins of the thermocouples' clock and data. */
  readonly sck: number;
  readonly miso: number;
  /** The number of A0 as a digital pin. */
  readonly a0: number;
}

export const MODELS = {
  uno: {
    title: "Uno or Nano",
    chip: "atmega328p",
    channels: 12,
    digital: [2, 13],
    analog: 6,
    analogAsDigital: 6,
    alsoDigital: [],
    interrupts: [2, 3],
    sck: 13,
    miso: 12,
    a0: 14,
  },
  mega: {
    title: "Mega 2560",
    chip: "atmega2560",
    channels: 48,
    digital: [2, 53],
    analog: 16,
    analogAsDigital: 16,
    alsoDigital: [],
    interrupts: [2, 3, 18, 19, 20, 21],
    sck: 52,
    miso: 50,
    a0: 54,
  },
  leonardo: {
    title: "Leonardo",
    chip: "atmega32u4",
    channels: 12,
    digital: [0, 13],
    analog: 12,
    analogAsDigital: 6,
    alsoDigital: [4, 6, 8, 9, 10, 12],
    interrupts: [0, 1, 2, 3, 7],
    sck: 15,
    miso: 14,
    a0: 18,
  },
} as const satisfies Readonly<Record<string, Model>>;

export type ModelName = keyof typeof MODELS;

/** Why a board with this chip is not the model that the configuration names; undefined when it is. */
export function reasonAgainstChip(chip: string, name: ModelName): string | undefined {
  if (chip === MODELS[name].chip) return undefined;
  const other = Object.entries(MODELS).find(([, model]) => model.chip === chip);
  if (other === undefined) return `the board has the chip ${chip}, which this agent does not know`;
  return `the board is a ${other[1].title}, and the configuration says model: ${name}: set model: ${other[0]}`;
}

/** Which pin a text names, as one number for `A0` and `14` of an Uno, `A6` and `4` of a Leonardo alike; undefined when the board has no such pin. */
export function pinNumber(model: Model, pin: string): number | undefined {
  if (pin.startsWith("A")) {
    const input = Number(pin.slice(1));
    const digital = model.alsoDigital[input - model.analogAsDigital] ?? model.a0 + input;
    return input < model.analog ? digital : undefined;
  }
  const number = Number(pin);
  const isDigital = number >= model.digital[0] && number <= model.digital[1];
  return isDigital || (number >= model.a0 && number < model.a0 + model.analogAsDigital) ? number : undefined;
}

/** Why a pin cannot do what is needed; undefined when it can. */
export function reasonAgainstPin(model: Model, pin: string, need: PinNeed): string | undefined {
  const number = pinNumber(model, pin);
  const { title, digital, analog, analogAsDigital, interrupts } = model;
  if (number === undefined)
    return `the ${title} has no pin ${pin} for this: it has ${digital[0]} to ${digital[1]} and A0 to A${analog - 1}`;
  const isAnalog = pin.startsWith("A");
  if (need === "analog" && !isAnalog) return `pin ${pin} is digital, this sensor needs one of A0 to A${analog - 1}`;
  if (need === "digital" && isAnalog && Number(pin.slice(1)) >= analogAsDigital)
    return `pin ${pin} of the ${title} is an analog input alone`;
  if (need === "interrupt" && !interrupts.includes(number))
    return `pin ${pin} has no interrupt: on the ${title} the pins ${interrupts.join(", ")} have one`;
  return undefined;
}
