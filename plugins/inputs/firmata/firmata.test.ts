import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { group, validate } from "fieldline/plugin";
import { afterEach, describe, expect, it } from "vitest";
import { type FirmataPeer, startFirmataPeer } from "../../../test/parts/firmata-peer.ts";
import { type InputRun, runInput } from "../../../test/parts/input-run.ts";
import { freePort, until } from "../../../test/parts/program.ts";
import { checkSettings } from "./check.ts";
import { CLASSES } from "./classes.ts";
import { FirmataInput } from "./firmata-input.ts";
import plugin from "./index.ts";
import { type FirmataSettings, settings } from "./settings.ts";

const TIMES = { ready: 800, ask: 200, silence: 1_000 };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function read(tree: object): FirmataSettings {
  const found = { value: undefined, ...validate(group(settings, "firmata"), tree) };
  if (found.value === undefined) throw new Error(JSON.stringify(found));
  return found.value;
}

function start(tree: object, times = TIMES): InputRun {
  const around = { watchMs: 50, firstRetryMs: 20, lastRetryMs: 80, times };
  const run = runInput((context) => new FirmataInput(read(tree), context, around));
  ends.push(run.stop);
  return run;
}

async function peerThat(behaviour?: FirmataPeer["behaviour"]): Promise<FirmataPeer> {
  const peer = await startFirmataPeer(behaviour);
  ends.push(peer.remove);
  return peer;
}

/** Does something now and then until the test ends, as a board reports. */
function repeat(what: () => void): () => void {
  const timer = setInterval(what, 10);
  const stop = () => clearInterval(timer);
  ends.push(() => Promise.resolve(stop()));
  return stop;
}

const SOIL = { name: "soil", pin: "A0" };
const DOOR = { name: "door", class: "Button", pin: "2" };

const asked = (peer: FirmataPeer, what: string) => until(`${what} to be asked for`, () => peer.asked.has(what));
const up = (run: InputRun) => until("the board to be up", () => run.reports.at(-1)?.startsWith("up") === true);
const down = (run: InputRun, reason: string) =>
  until(reason, () => run.reports.some((report) => report.startsWith("down") && report.includes(reason)));

describe("the input firmata", () => {
  it("gives each sensor's value at each interval, and a button's change at once", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "50ms", sensors: [SOIL, DOOR] });
    await asked(peer, "digital 0");
    repeat(() => peer.analog(0, 500));
    await until("soil", () => run.texts().includes('{"value":500}'));
    peer.digital(0, 0b100);
    await until("a press", () => run.texts().includes('{"pressed":true}'));
    peer.digital(0, 0);
    await until("a release", () => run.texts().at(-1) === '{"pressed":false}');
    expect(run.reports).toEqual([`up: reading ${peer.url}: StandardFirmata 2.5`]);
    expect(new Set(run.arrivals.map(({ channel }) => channel))).toEqual(new Set(["soil", "door"]));
    expect(run.options.every((options) => options?.canWait === false)).toBe(true);
  });

  it("says nothing of a sensor that was not reported on, and never a value twice", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [SOIL, { ...SOIL, name: "bed", pin: "A1" }] });
    await asked(peer, "analog 1");
    peer.analog(1, 7);
    await until("bed", () => run.arrivals.length > 0);
    await until("the silence to be noticed", () => run.reports.length > 1);
    expect(run.texts()).toEqual(['{"value":7}']);
  });

  it("takes a pin that is not reported on for low, as Firmata before 2.5 means it", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [{ ...DOOR, pullup: "true" }] });
    await until("the press", () => run.texts().includes('{"pressed":true}'));
    expect(run.texts()).not.toContain('{"pressed":false}');
  });

  it("opens a board again that hangs up, and sets it up anew", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [SOIL] });
    for (const value of [100, 200, 300]) {
      await asked(peer, "analog 0");
      const stop = repeat(() => peer.analog(0, value));
      await until(`the value ${value}`, () => run.texts().includes(`{"value":${value}}`));
      stop();
      peer.hangUp();
      await down(run, "closed");
      await until("the end", () => !peer.isConnected() || peer.connections() > value / 100);
    }
  });

  it("opens a board again that says nothing, though it is there", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, sensors: [SOIL, DOOR] });
    await up(run);
    peer.behaviour = "mute";
    await down(run, "the board has been silent for 1 s: opening it again");
    peer.behaviour = "answer";
    await until("it to be opened again", () => peer.connections() > 1);
    await up(run);
  });

  it("does not call a board silent that has nothing to say and answers", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [DOOR] }, { ...TIMES, silence: 300 });
    await up(run);
    await until("some rounds of silence", () => run.arrivals.length > 50);
    expect(peer.connections()).toBe(1);
  });

  it("notices an analog pin that is no longer reported while others are", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [SOIL, { ...SOIL, name: "bed", pin: "A1" }] });
    await asked(peer, "analog 1");
    repeat(() => peer.analog(1, 7));
    await down(run, "the board does not report A0 any more");
    expect(run.texts()).toContain('{"value":7}');
  });

  it("notices that the board has started again", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, sensors: [DOOR] });
    await up(run);
    peer.boot();
    await down(run, "the board has started again");
    await until("it to be set up anew", () => peer.connections() === 2 && peer.asked.has("digital 0"));
  });

  it("warns of a sensor on I2C that does not answer, and reads the others", async () => {
    const peer = await peerThat();
    const air = { name: "air", class: "Thermometer", controller: "TMP102", address: "0x48" };
    const run = start({ port: peer.url, interval: "20ms", sensors: [air, SOIL] }, { ...TIMES, silence: 300 });
    await asked(peer, "i2c 72");
    repeat(() => peer.analog(0, 9));
    await until("a warning", () => run.log.includes("warn: air does not answer, though its board does"));
    // Register 0 of address 72: 25 C in steps of 1/16, 12 bits in front.
    peer.send([0xf0, 0x77, 72, 0, 0, 0, 0x19, 0, 0, 0, 0xf7]);
    await until("the temperature", () => run.texts().includes('{"temp_c":25}'));
    expect(peer.connections()).toBe(1);
  });

  it.each([
    ["mute", "nothing answers within 0.8 s: is StandardFirmata on the board"],
    ["version only", "StandardFirmata.ino does not say within 0.8 s what its pins can do"],
  ] as const)("says what is wrong with a board that is %s, again and again", async (behaviour, reason) => {
    const peer = await peerThat(behaviour);
    const run = start({ port: peer.url, sensors: [SOIL] });
    await until("two attempts", () => peer.connections() > 2);
    expect(run.reports).toHaveLength(1);
    expect(run.reports[0]).toContain(`down: ${reason}`);
  });

  it("tells noise from silence", async () => {
    const peer = await peerThat("mute");
    const run = start({ port: peer.url, sensors: [SOIL] });
    repeat(() => peer.send([0x80, 0x55, 0xf0, 0x01, 0x02]));
    await down(run, "what comes is not Firmata within 0.8 s");
    expect(run.reports).toHaveLength(1);
  });

  it("says what johnny-five has against a pin that the board does not have", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, sensors: [{ ...SOIL, pin: "A9" }] });
    await down(run, "soil cannot be set up");
    expect(run.reports).toHaveLength(1);
  });

  it("goes on after an answer that johnny-five does not survive", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, sensors: [SOIL] });
    await up(run);
    peer.send([0xf0, 0x6e, 99, 0, 0, 0xf7]); // the state of a pin that it does not have
    await down(run, "johnny-five failed");
    await until("it to be opened again", () => peer.connections() > 1);
    await up(run);
  });

  it("leaves the process as it was: no listener, no timer, no thread", async () => {
    const peer = await peerThat();
    const before = process.listenerCount("SIGINT") + process.listenerCount("exit");
    const run = start({ port: peer.url, interval: "20ms", sensors: [SOIL] });
    await up(run);
    expect(process.listenerCount("SIGINT") + process.listenerCount("exit")).toBe(before);
    await run.stop();
    await until("the connection to end", () => !peer.isConnected());
    expect(process.getActiveResourcesInfo()).not.toContain("MessagePort");
  });

  it("gives the port up at a stop while the board does not answer", async () => {
    const peer = await peerThat("mute");
    const run = start({ port: peer.url, sensors: [SOIL] }, { ...TIMES, ready: 60_000 });
    await until("the connection", () => peer.isConnected());
    await run.stop();
    await until("its end", () => !peer.isConnected());
  });

  it("says once that nobody is there", async () => {
    const port = await freePort();
    const run = start({ port: `tcp://127.0.0.1:${port}`, sensors: [SOIL] });
    await down(run, `cannot connect to tcp://127.0.0.1:${port}`);
    expect(run.reports).toHaveLength(1);
  });
});

describe("the settings of firmata", () => {
  const problemsOf = (...sensors: object[]) =>
    checkSettings(read({ port: "/dev/ttyACM0", sensors })).map(({ path, message }) => `${path.join(".")}: ${message}`);

  it.each([
    [{ pin: "A0" }, []],
    [{ class: "Thermometer", pin: "A0" }, [/^sensors.0.controller: controller is required: .* one of LM35, /]],
    [{ class: "Thermometer", controller: "LM36", pin: "A0" }, [/"LM36" is no controller .* did you mean "LM35"\?/]],
    [{ class: "Thermometer", controller: "LM35" }, [/^sensors.0.pin: pin is required: an analog pin such as A0/]],
    [{ class: "Thermometer", controller: "LM35", pin: "3" }, [/expected an analog pin such as A0, found 3/]],
    [{ class: "Barometer", controller: "BMP180", pin: "3" }, [/a BMP180 is on I2C and has no pin of its own/]],
    [{ class: "Button", controller: "LM35", pin: "3" }, [/^sensors.0.controller: a Button has no controller/]],
    [{ pin: "3", pullup: "true" }, [/^sensors.0.pullup: pullup says nothing about a Sensor/]],
    [{ class: "Light", pin: "A3", address: "0x48" }, [/^sensors.0.address: /]],
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

  it("says the nearest class", () => {
    const found = validate(group(settings, "firmata"), { sensors: [{ name: "air", class: "Thermometre" }] });
    expect(JSON.stringify(found)).toContain("Thermometer");
  });

  it("names a sensor's measurement and tags by its channel", () => {
    const found = read({
      port: "/dev/ttyACM0",
      sensors: [SOIL, { ...DOOR, measurement: "doors", tags: { door: "north" } }],
    });
    const originOf = plugin.origin?.(found);
    expect(originOf?.("soil")).toEqual({ measurement: "soil", tags: new Map() });
    expect(originOf?.("door")).toEqual({ measurement: "doors", tags: new Map([["door", "north"]]) });
    expect(originOf?.("gone")).toEqual({ tags: new Map() });
  });

  it("has no controller that johnny-five lacks", async () => {
    const names = Object.entries(CLASSES).filter(([, { controllers }]) => Object.keys(controllers).length > 0);
    const program = `console.log(JSON.stringify(${JSON.stringify(names.map(([name]) => name))}.map((name) =>
      Object.keys(require("johnny-five/lib/" + name.toLowerCase() + ".js").Controllers))))`;
    // Its controllers are shown in its own test mode alone.
    const env = { ...process.env, IS_TEST_MODE: "1" };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { env });
    const known = JSON.parse(stdout) as string[][];
    for (const [index, [, { controllers }]] of names.entries())
      expect(known[index]).toEqual(expect.arrayContaining(Object.keys(controllers)));
  });
});
