import { describe, expect, it } from "vitest";
import { asked, DOOR, down, firmataRuns, SOIL, TIMES, up } from "../../../test/parts/firmata-run.ts";
import { freePort, until } from "../../../test/parts/program.ts";

const AIR = { name: "air", class: "Thermometer", controller: "TMP102" };

/** Looks come so late that a test can act before the first. */
const SLOW = { ...TIMES, silence: 4_000 };

const { start, peerThat, repeat } = firmataRuns();

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

  it("takes a pin that is not reported on for low once the board has answered, as Firmata before 2.5 means it", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [{ ...DOOR, pullup: "true" }, SOIL] }, SLOW);
    await asked(peer, "analog 0");
    peer.behaviour = "mute";
    peer.forget();
    repeat(() => peer.analog(0, 500));
    await asked(peer, "version");
    const before = run.arrivals.length;
    await until("some values", () => run.arrivals.length > before + 50);
    expect(run.texts()).not.toContain('{"pressed":true}');
    peer.behaviour = "answer";
    await until("the press", () => run.texts().includes('{"pressed":true}'));
    expect(run.texts()).not.toContain('{"pressed":false}');
  });

  it("asks again for a pin of which nothing has come", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [DOOR] }, SLOW);
    await up(run);
    peer.behaviour = "mute";
    peer.forget();
    await asked(peer, "digital 0");
    peer.behaviour = "answer";
    peer.digital(0, 0b100);
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
    expect(run.log).toEqual([]);
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
    expect(run.log).toEqual([]);
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

  it("notices that the board has started again though what it was asked meanwhile was lost", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, sensors: [DOOR] });
    await up(run);
    peer.behaviour = "mute";
    peer.forget();
    await asked(peer, "version");
    peer.behaviour = "answer";
    peer.boot();
    await down(run, "the board has started again");
    expect(run.reports).toHaveLength(2);
  });

  it("opens a board again of which only noise comes", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, sensors: [DOOR] });
    await up(run);
    peer.behaviour = "mute";
    repeat(() => peer.send([0x11, 0xc5, 0x22, 0x90]));
    await down(run, "the board has been silent for 1 s");
    expect(run.texts()).not.toContain('{"pressed":true}');
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

  it.each([
    [[{ ...SOIL, pin: "A9" }], "soil cannot be set up: this board has no A9; its analog pins are A0 to A5"],
    [[{ ...DOOR, pin: "20" }], "door cannot be set up: 20 is no digital pin of this board; those are 0 to 19"],
    [[SOIL, { ...DOOR, pin: "14" }], "soil cannot be set up: A0 is the same pin of this board as 14, which door is on"],
    [[{ ...SOIL, pin: "A4" }, AIR], "soil cannot be set up: A4 is a pin of I2C on this board, and air is on I2C"],
    [[{ ...DOOR, pin: "19" }, AIR], "door cannot be set up: 19 is a pin of I2C on this board, and air is on I2C"],
  ])("says which pins the board has: %j", async (sensors, reason) => {
    const peer = await peerThat();
    const run = start({ port: peer.url, sensors });
    await down(run, reason);
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

  it("holds a board back that says more than johnny-five can take, and goes on", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "20ms", sensors: [SOIL] });
    await asked(peer, "analog 0");
    peer.send(Array.from({ length: 100_000 }, () => [0xe0, 1, 0]).flat());
    repeat(() => peer.analog(0, 500));
    await until("what comes behind it", () => run.texts().includes('{"value":500}'));
    expect(run.texts()).toContain('{"value":1}');
    expect(peer.connections()).toBe(1);
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
