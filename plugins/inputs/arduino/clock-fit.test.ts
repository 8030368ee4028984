import { describe, expect, it } from "vitest";
import { ClockFit } from "./clock-fit.ts";

/** A repeatable sequence of numbers from 0 to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Readings of a board whose clock runs at `rate` and began at `start`, each late by something like 0 to 30 ms, mostly little. */
function errorsOf(rate: number, start: number, everyMs: number, count: number): { errors: number[]; fit: ClockFit } {
  const fit = new ClockFit();
  const next = random(7);
  const errors = Array.from({ length: count }, (_, index) => {
    const ours = 5_000_000 + index * everyMs;
    const clock = Math.round(start + index * everyMs * rate) % 2 ** 32;
    fit.add(clock, ours + 0.2 + 30 * next() ** 8);
    return Math.abs(fit.at(clock) - ours);
  });
  return { errors, fit };
}

describe("the fit of a board's clock", () => {
  it.each([
    ["at our rate", 1],
    ["too fast", 1.005],
    ["too slow", 0.995],
  ])("is within 2 ms soon, %s", (_, rate) => {
    const { errors, fit } = errorsOf(rate, 1_000, 100, 20_000);
    expect(Math.max(...errors.slice(100))).toBeLessThan(2);
    expect(fit.driftPpm).toBeCloseTo((rate - 1) * 1e6, -2);
    expect(fit.jitterMs).toBeLessThan(30);
  });

  it("goes on through the clock's wrap after 49.7 days", () => {
    const { errors } = errorsOf(1, 2 ** 32 - 60_000, 1_000, 200);
    expect(Math.max(...errors.slice(20))).toBeLessThan(2);
  });

  it.each([
    ["an hour", 1, 3_600, 20],
    ["a day", 10, 86_400, 5],
  ])("follows a clock that gets warm and cold within %s", (_, everySeconds, period, most) => {
    const fit = new ClockFit();
    const next = random(3);
    let clock = 0;
    let worst = 0;
    for (let second = 0; second < 2 * period; second += everySeconds) {
      clock += everySeconds * 1_000 * (1 + 0.0001 * Math.sin((2 * Math.PI * second) / period));
      const ours = second * 1_000;
      fit.add(Math.round(clock), ours + 10 * next() ** 4);
      if (second > 600) worst = Math.max(worst, Math.abs(fit.at(Math.round(clock)) - ours));
    }
    expect(worst).toBeLessThan(most);
  });

  it.each([
    ["stood still for a while", -700, 210],
    ["or ours did", 300, 0],
  ])("finds it again after a clock has %s", (_, jumpMs, ticks) => {
    const fit = new ClockFit();
    const next = random(5);
    let worst = 0;
    for (let tick = 0; tick < 2_000; tick++) {
      const clock = 1_000 + 50 * tick + (tick < 1_000 ? 0 : jumpMs);
      const ours = 50 * tick;
      fit.add(clock, ours + 0.2 + 30 * next() ** 8);
      const off = Math.abs(fit.at(clock) - ours);
      if (tick > 100 && (tick < 1_000 || tick >= 1_000 + ticks)) worst = Math.max(worst, off);
    }
    expect(worst).toBeLessThan(2);
  });

  it("is within 2 ms from the first seconds on", () => {
    const { errors } = errorsOf(1.002, 0, 30, 400);
    expect(Math.max(...errors.slice(66))).toBeLessThan(2);
  });
});
