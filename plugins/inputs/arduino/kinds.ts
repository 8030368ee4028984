/** What a kind of sensor needs of its pin. */
export type PinNeed = "analog" | "digital" | "interrupt" | "none";

/** What a sensor's kind takes beside what every sensor does. */
export interface Kind {
  readonly pin: PinNeed;
  /** The (first) field. */
  readonly field: string;
  /** The least interval, in milliseconds. */
  readonly least: number;
  /** The settings that not every kind has. */
  readonly settings: readonly string[];
  /** The field of the second value that comes of it; then both names are fixed. */
  readonly second?: string;
}

const ANALOG = ["mean", "median"];
const SCALED = ["scale", "offset"];
const SWITCH = ["pullup"];
const PULSES = ["pullup", "debounce"];

/** The kinds as the configuration names them; firmware/PROTOCOL.md has those of the board. */
export const KINDS = {
  voltage: { pin: "analog", field: "volts", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  ntc: {
    pin: "analog",
    field: "temp_c",
    least: 10,
    settings: [...ANALOG, ...SCALED, "beta", "r0", "coefficients", "series"],
  },
  lm35: { pin: "analog", field: "temp_c", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  tmp36: { pin: "analog", field: "temp_c", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  light: { pin: "analog", field: "light_pct", least: 10, settings: [...ANALOG, ...SCALED] },
  digital: { pin: "digital", field: "state", least: 10, settings: SWITCH },
  button: { pin: "digital", field: "pressed", least: 1, settings: PULSES },
  counter: { pin: "interrupt", field: "count", least: 10, settings: PULSES },
  frequency: { pin: "interrupt", field: "hz", least: 100, settings: [...PULSES, ...SCALED] },
  dht11: { pin: "digital", field: "temp_c", least: 1_000, settings: SCALED, second: "humidity_pct" },
  dht22: { pin: "digital", field: "temp_c", least: 2_000, settings: SCALED, second: "humidity_pct" },
  ds18b20: { pin: "digital", field: "temp_c", least: 1_000, settings: [...SCALED, "rom"] },
  thermocouple: { pin: "digital", field: "temp_c", least: 250, settings: [...SCALED, "chip"] },
  distance: { pin: "digital", field: "distance_m", least: 60, settings: SCALED },
  supply: { pin: "none", field: "volts", least: 10, settings: [...ANALOG, ...SCALED, "reference"] },
  memory: { pin: "none", field: "free_bytes", least: 10, settings: [] },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;

/** The names of all kinds. */
export const KIND_NAMES = Object.keys(KINDS) as [KindName, ...KindName[]];

export function kindOf(name: KindName): Kind {
  return KINDS[name];
}
