const SUPPLY_MV = 5_000;
const ZERO_C_IN_K = 273.15;
const NOMINAL_K = 298.15;

/** An NTC thermistor to ground, and a resistor from it to the supply. */
export interface Thermistor {
  /** In kelvin. */
  readonly beta: number;
  /** In ohms, at 25 degrees Celsius. */
  readonly r0: number;
  /** The resistor, in ohms. */
  readonly series: number;
}

/** The millivolts between the two at a temperature in degrees Celsius: R = R0 exp(beta (1/T - 1/T0)). */
export function millivoltsAt(celsius: number, { beta, r0, series }: Thermistor): number {
  const resistance = r0 * Math.exp(beta * (1 / (celsius + ZERO_C_IN_K) - 1 / NOMINAL_K));
  return (SUPPLY_MV * resistance) / (resistance + series);
}
