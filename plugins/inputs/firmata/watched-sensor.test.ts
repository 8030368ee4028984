import { EventEmitter } from "node:events";
import type { Component } from "johnny-five";
import { describe, expect, it } from "vitest";
import type { Sample } from "./classes.ts";
import type { SensorPlan } from "./messages.ts";
import { WatchedSensor } from "./watched-sensor.ts";

const REPORT = [0xe0, 1, 2];

/** A watched sensor, what it says, and what johnny-five's component does. */
function watch(plan: Partial<SensorPlan>, properties: object = {}) {
  const component = Object.assign(new EventEmitter(), properties);
  const whole: SensorPlan = {
    name: "soil",
    class: "Sensor",
    wire: "analog",
    pin: "A0",
    turnMs: 1_000,
    turns: 1,
    field: "value",
    options: {},
    ...plan,
  };
  const said: (Sample | "back")[] = [];
  const listener = { sample: (sample: Sample) => said.push(sample), back: () => said.push("back") };
  const sensor = new WatchedSensor(whole, [0xe0], component as EventEmitter & Component, listener);
  return { sensor, said, turn: (brought?: unknown) => component.emit("data", brought) };
}

describe("a watched sensor", () => {
  it("says the value of each interval's last turn", () => {
    const { sensor, said, turn } = watch({ turns: 3 });
    for (const value of [1, 2, 3, 4, 5, 6, 7]) {
      sensor.note(REPORT);
      turn(value);
    }
    expect(said).toEqual([{ value: 3 }, { value: 6 }]);
  });

  it("says no value that was not reported in the turn", () => {
    const { sensor, said, turn } = watch({});
    turn(1);
    sensor.note([0xe1, 1, 2]);
    turn(2);
    sensor.note(REPORT);
    turn(3);
    turn(4);
    expect(said).toEqual([{ value: 3 }]);
  });

  it.each([[-273], [Number.NaN], [Infinity], [4_095]])("says no temperature of %d", (celsius) => {
    const { sensor, said, turn } = watch({ class: "Thermometer", field: "temp_c" }, { celsius });
    sensor.note(REPORT);
    turn();
    expect(said).toEqual([]);
  });

  it("becomes quiet once, behind five turns and so many looks without a value", () => {
    const looks = (turnMs: number) => {
      const { sensor } = watch({ turnMs });
      const found = Array.from({ length: 20 }, () => sensor.look(1_000, 3));
      return found.flatMap((became, index) => (became ? [index + 1] : []));
    };
    expect(looks(2_000)).toEqual([11]);
    expect(looks(20)).toEqual([4]);
  });
});
