import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { group, validate } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import { DOOR, firmataSettings, SOIL } from "../../../test/parts/firmata-run.ts";
import { checkSettings } from "./check.ts";
import { CLASSES } from "./classes.ts";
import plugin from "./index.ts";
import { sensorPlans } from "./plan.ts";
import { settings } from "./settings.ts";

describe("the settings of firmata", () => {
  const problemsOf = (...sensors: object[]) =>
    checkSettings(firmataSettings({ port: "/dev/ttyACM0", sensors })).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it.each([
    [{ pin: "A0" }, []],
    [{ class: "Thermometer", pin: "A0" }, [/^sensors.0.controller: controller is required: .* one of LM35, /]],
    [{ class: "Thermometer", controller: "LM36", pin: "A0" }, [/"LM36" is no controller .* did you mean "LM35"\?/]],
    [{ class: "Thermometer", controller: "LM35" }, [/^sensors.0.pin: pin is required: an analog pin such as A0/]],
    [{ class: "Thermometer", controller: "LM35", pin: "3" }, [/expected an analog pin such as A0, found 3/]],
    [{ class: "Barometer", controller: "BMP280", pin: "3" }, [/a BMP280 is on I2C and has no pin of its own/]],
    [{ class: "Button", controller: "LM35", pin: "3" }, [/^sensors.0.controller: a Button has no controller/]],
    [{ pin: "3", pullup: "true" }, [/^sensors.0.pullup: pullup says nothing about a Sensor/]],
    [{ class: "Light", pin: "A3", address: "0x48" }, [/^sensors.0.address: /]],
    [
      { class: "Motion", controller: "GP2Y0D805Z0F", pin: "A3" },
      [/a GP2Y0D805Z0F is on I2C and has no pin of its own/],
    ],
  ])("%j", (sensor, expected) => {
    const found = problemsOf({ name: "air", ...sensor });
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  it("has each name and each pin once", () => {
    expect(problemsOf(SOIL, SOIL)).toEqual([
      'sensors.1.name: the name "soil" is used twice: each sensor has its own',
      "sensors.1.pin: pin A0 is used twice",
    ]);
  });

  it.each(["name", "measurement", "field"])("has no %s that is empty", (key) => {
    const found = validate(group(settings, "firmata"), { sensors: [{ ...SOIL, [key]: "" }] });
    expect(JSON.stringify(found)).toContain("expected text that is not empty");
  });

  it("says the nearest class", () => {
    const found = validate(group(settings, "firmata"), { sensors: [{ name: "air", class: "Thermometre" }] });
    expect(JSON.stringify(found)).toContain("Thermometer");
  });

  it("names a sensor's measurement and tags by its channel", () => {
    const found = firmataSettings({
      port: "/dev/ttyACM0",
      sensors: [SOIL, { ...DOOR, measurement: "doors", tags: { door: "north" } }],
    });
    const originOf = plugin.origin?.(found);
    expect(originOf?.("soil")).toEqual({ measurement: "soil", tags: new Map() });
    expect(originOf?.("door")).toEqual({ measurement: "doors", tags: new Map([["door", "north"]]) });
    expect(originOf?.("gone")).toEqual({ tags: new Map() });
  });

  it("has each controller on the wire by which johnny-five reads it", async () => {
    const wires = Object.entries(CLASSES).flatMap(([name, { controllers }]) =>
      Object.entries(controllers).map(([controller, wire]) => [name, controller, wire]),
    );
    const program = fileURLToPath(new URL("wires.child.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(wires)]);
    expect(JSON.parse(stdout)).toEqual(wires);
  });

  it.each([
    ["Sensor", "10s", 1, 10_000],
    ["Sensor", "1d", 1440, 60_000],
    ["Light", "20ms", 1, 20],
    ["Light", "1500ms", 2, 750],
  ])("lets johnny-five give a %s a value often enough at an interval of %s", (name, interval, turns, turnMs) => {
    const [plan] = sensorPlans(
      firmataSettings({ port: "/dev/ttyACM0", interval, sensors: [{ ...SOIL, class: name }] }),
    );
    expect(plan).toMatchObject({ turns, turnMs });
  });
});
