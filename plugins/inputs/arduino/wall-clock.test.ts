import { describe, expect, it } from "vitest";
import { WallClock } from "./wall-clock.ts";

const SET_AT = 1_700_000_000_000;

/** A machine on which looking at the wall clock may take its time. */
function machine() {
  const state = { now: 0, setBy: 0, interruptedFor: 0 };
  const clock = new WallClock(
    () => {
      const wall = Math.floor(SET_AT + state.setBy + state.now);
      state.now += state.interruptedFor;
      return wall;
    },
    () => state.now,
  );
  /** By how much a moment is wrong. */
  const look = (after: number) => {
    state.now += after;
    const moment = state.now;
    return clock.at(moment) - SET_AT - moment;
  };
  return { state, look };
}

describe("the wall clock", () => {
  it("is known in fractions of a millisecond after some looks", () => {
    const { look } = machine();
    for (let times = 0; times < 200; times++) look(0.37);
    expect(Math.abs(look(0.37))).toBeLessThan(0.05);
  });

  it("is followed at once when it is set", () => {
    const { state, look } = machine();
    for (let times = 0; times < 200; times++) look(0.37);
    state.setBy = -5_000;
    expect(look(0.37)).toBeCloseTo(-5_000, -0.5);
  });

  it("has not been set when the look itself was interrupted", () => {
    const { state, look } = machine();
    for (let times = 0; times < 200; times++) look(0.37);
    state.interruptedFor = 4;
    expect(Math.abs(look(0.37))).toBeLessThan(0.05);
  });
});
