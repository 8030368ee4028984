const KELVIN = 273.15;
/** Between these the board's parabola is exact at three places, in Celsius. */
const PLACES = [-20, 25, 100] as const;
const ROUNDS = 50;
/** What the board's floats hold. */
const DIGITS = 7;

/** Steinhart and Hart's coefficients: 1/T = A + B ln R + C (ln R)^3, T in kelvin, R in ohms (Deep-Sea Research 15, 1968). */
export type SteinhartHart = readonly [number, number, number];

/**
 * The numbers a, b and c by which a board has the same temperatures within some 0.1 C: 1/T = a + b L + c L^2 with
 * L = ln(R / series), as firmware/PROTOCOL.md has them.
 * @param series ohms of the resistor beside the thermistor
 */
export function boardThermistor(coefficients: SteinhartHart, series: number): readonly [string, string, string] {
  const points = PLACES.map((celsius) => {
    const inverse = 1 / (celsius + KELVIN);
    return { x: logResistance(coefficients, inverse) - Math.log(series), y: inverse };
  });
  const [one, two, three] = points as [Point, Point, Point];
  // Newton's divided differences.
  const first = (two.y - one.y) / (two.x - one.x);
  const second = ((three.y - two.y) / (three.x - two.x) - first) / (three.x - one.x);
  const numbers = [one.y - first * one.x + second * one.x * two.x, first - second * (one.x + two.x), second];
  return numbers.map((number) => number.toPrecision(DIGITS)) as [string, string, string];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** ln R at 1/T, by Newton's method: with positive B and C the curve only rises. */
function logResistance([a, b, c]: SteinhartHart, inverse: number): number {
  let log = 9;
  for (let round = 0; round < ROUNDS; round++) log -= (a + b * log + c * log ** 3 - inverse) / (b + 3 * c * log ** 2);
  return log;
}
