import { describe, expect, it } from "vitest";
import { asked, DOOR, down, firmataRuns, SOIL, TIMES } from "../../../test/parts/firmata-run.ts";
import { until } from "../../../test/parts/program.ts";

const NO_VALUE = "gives no value, though its board answers: is it connected as the settings say?";

const { start, peerThat, repeat } = firmataRuns();

describe("a sensor of firmata", () => {
  it("makes no value of what is left of a message", async () => {
    const peer = await peerThat();
    const air = { name: "air", class: "Thermometer", controller: "TMP36", pin: "A0" };
    const run = start({ port: peer.url, interval: "20ms", sensors: [air] });
    await asked(peer, "analog 0");
    repeat(() => {
      peer.analog(0, 150);
      peer.send([0xe0, 0x12]);
    });
    await until("some values", () => run.texts().length > 10);
    expect(new Set(run.texts())).toEqual(new Set(['{"temp_c":23}']));
  });

  it("says nothing of a chip that does not answer, warns, and sets the board up anew when it does", async () => {
    const peer = await peerThat();
    const air = { name: "air", class: "Thermometer", controller: "TMP102" };
    const run = start({ port: peer.url, interval: "20ms", sensors: [air, SOIL] }, { ...TIMES, silence: 300 });
    await asked(peer, "i2c 72");
    repeat(() => peer.analog(0, 9));
    const stop = repeat(() => peer.noI2c(72));
    await until("a warning", () => run.log.includes(`warn: air ${NO_VALUE}`));
    stop();
    expect(new Set(run.texts())).toEqual(new Set(['{"value":9}']));
    expect(peer.connections()).toBe(1);
    repeat(() => peer.i2c(72, 0xe7, 0)); // -25 C in steps of 1/16, 12 bits in front
    await down(run, "air answers again: setting it up anew");
    expect(new Set(run.texts())).toEqual(new Set(['{"value":9}']));
    await until("the temperature", () => run.texts().includes('{"temp_c":-25}'));
  });

  it("does not say a chip's last value again while another one answers", async () => {
    const peer = await peerThat();
    const air = { name: "air", class: "Thermometer", controller: "TMP102" };
    const sensors = [air, { ...air, name: "attic", address: "0x49" }];
    const run = start({ port: peer.url, interval: "20ms", sensors }, { ...TIMES, silence: 300 });
    await asked(peer, "i2c 73");
    peer.i2c(72, 25, 0);
    repeat(() => peer.i2c(73, 30, 0));
    await until("a warning", () => run.log.includes(`warn: air ${NO_VALUE}`));
    expect(run.arrivals.filter(({ channel }) => channel === "air")).toHaveLength(1);
    expect(run.log).toHaveLength(1);
  });

  it("asks a chip again whose answer was lost", async () => {
    const peer = await peerThat();
    const air = { name: "air", class: "Thermometer", controller: "SHT31D" };
    const run = start({ port: peer.url, interval: "20ms", sensors: [air] }, { ...TIMES, silence: 500 });
    for (const time of ["first", "second", "third"]) {
      await until(`the ${time} question`, () => peer.asked.has("i2c 68"));
      peer.forget();
    }
    peer.i2c(68, 0x66, 0x66, 0, 0x80, 0, 0);
    await until("the temperature", () => run.texts().includes('{"temp_c":25}'));
  });

  it("reads a digital sensor on an analog pin", async () => {
    const peer = await peerThat();
    const sensors = [
      { name: "gate", class: "Switch", pin: "A0" },
      { name: "hall", class: "Motion", pin: "A1" },
      { name: "float", pin: "16" },
      { name: "bell", class: "Button", pin: "A3" },
    ];
    const run = start({ port: peer.url, interval: "20ms", sensors });
    await asked(peer, "digital 2");
    repeat(() => {
      peer.digital(0, 0);
      peer.digital(1, 0b1100_0000);
      peer.digital(2, 0b11);
    });
    const all = ['{"closed":false}', '{"motion":true}', '{"value":1}', '{"pressed":true}'];
    await until("all of them", () => all.every((text) => run.texts().includes(text)));
    expect(run.texts()).not.toContain('{"closed":true}');
  });

  it("takes levels the other way round on demand", async () => {
    const peer = await peerThat();
    const sensors = [
      { name: "gate", class: "Switch", pin: "2" },
      { name: "door", class: "Switch", pin: "3", invert: "true" },
      { name: "bell", class: "Button", pin: "4", pullup: "true" },
      { name: "float", class: "Button", pin: "5", pullup: "true", invert: "true" },
      { name: "lever", class: "Button", pin: "6", invert: "true" },
      { name: "pedal", class: "Button", pin: "7", invert: "false" },
    ];
    const run = start({ port: peer.url, interval: "20ms", sensors });
    await asked(peer, "digital 0");
    repeat(() => peer.digital(0, 0));
    await until("a value of each", () =>
      sensors.every(({ name }) => run.arrivals.some(({ channel }) => channel === name)),
    );
    const said = run.arrivals.map(({ channel, payload }) => `${channel} ${Buffer.from(payload).toString()}`);
    expect(new Set(said)).toEqual(
      new Set([
        'gate {"closed":true}',
        'door {"closed":false}',
        'bell {"pressed":true}',
        'float {"pressed":false}',
        'lever {"pressed":true}',
        'pedal {"pressed":false}',
      ]),
    );
  });

  it("says a switch's change once, whatever other pins do", async () => {
    const peer = await peerThat();
    const run = start({ port: peer.url, interval: "1h", sensors: [{ ...DOOR, class: "Switch" }] });
    await asked(peer, "digital 0");
    let changes = 0;
    const stop = repeat(() => peer.digital(0, changes++ % 2 === 0 ? 0 : 0b1000));
    await until("some changes of pin 3", () => changes > 20);
    stop();
    peer.digital(0, 0b100);
    await until("its own change", () => run.texts().includes('{"closed":false}'));
    expect(run.texts()).toEqual(['{"closed":true}', '{"closed":false}']);
  });
});
