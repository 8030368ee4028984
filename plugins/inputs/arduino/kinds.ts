/** What a kind of sensor needs of its pin. */
export type PinNeed = "analog" | "digital" | "interrupt" | "none";

/** What a sensor's kind takes beside what every sensor does. */
export interface Kind {
  readonly pin: PinNeed;
  /** The least interval, in milliseconds. */
  readonly least: number;
  /** The settings that not every kind has. */
  readonly settings: readonly string[];
  /** Two values come of it, whose fields have fixed names. */
  readonly twoValues?: true;
}

const ANALOG = ["mean", "median"];
const SCALED = ["scale", "offset"];
const SWITCH = ["pullup"];
const PULSES = ["pullup", "debounce"];

/** The kinds as the configuration names them; firmware/PROTOCOL.md has those of the board. */
export const KINDS = {
  voltage: { pin: "analog", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  ntc: { pin: "analog", least: 10, settings: [...ANALOG, ...SCALED, "beta", "r0", "coefficients", "series"] },
  lm35: { pin: "analog", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  tmp36: { pin: "analog", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  light: { pin: "analog", least: 10, settings: [...ANALOG, ...SCALED] },
  digital: { pin: "digital", least: 10, settings: SWITCH },
  button: { pin: "digital", least: 1, settings: PULSES },
  counter: { pin: "interrupt", least: 10, settings: PULSES },
  frequency: { pin: "interrupt", least: 100, settings: [...PULSES, ...SCALED] },
  dht11: { pin: "digital", least: 1_000, settings: SCALED, twoValues: true },
  dht22: { pin: "digital", least: 2_000, settings: SCALED, twoValues: true },
  ds18b20: { pin: "digital", least: 1_000, settings: [...SCALED, "rom"] },
  thermocouple: { pin: "digital", least: 250, settings: [...SCALED, "chip"] },
  distance: { pin: "digital", least: 60, settings: SCALED },
  supply: { pin: "none", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  memory: { pin: "none", least: 10, settings: [] },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;

/** The names of all kinds. */
export const KIND_NAMES = Object.keys(KINDS) as [KindName, ...KindName[]];

export function kindOf(name: KindName): Kind {
  return KINDS[name];
}
