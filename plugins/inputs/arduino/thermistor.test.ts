import { expect, it } from "vitest";
import { boardThermistor } from "./thermistor.ts";

it("Steinhart and Hart's coefficients become the board's numbers within 0.15 C", () => {
  // A common thermistor of 10 kilohms at 25 C.
  const [a, b, c] = [1.129148e-3, 2.34125e-4, 8.76741e-8];
  const [first, second, third] = boardThermistor([a, b, c], 4_700).map(Number) as [number, number, number];
  for (const ohms of [300_000, 97_000, 32_000, 10_000, 3_600, 970, 680]) {
    const log = Math.log(ohms);
    const celsius = 1 / (a + b * log + c * log ** 3) - 273.15;
    const ratio = Math.log(ohms / 4_700);
    expect(Math.abs(1 / (first + second * ratio + third * ratio ** 2) - 273.15 - celsius)).toBeLessThan(0.15);
  }
  expect(1 / (first + second * Math.log(10_000 / 4_700) + third * Math.log(10_000 / 4_700) ** 2) - 273.15).toBeCloseTo(
    25,
    1,
  );
});
