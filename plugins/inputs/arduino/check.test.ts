import { group, validate } from "fieldline/plugin";
import { describe, expect, it } from "vitest";
import { channelsOf, configurationHash } from "./channels.ts";
import plugin from "./index.ts";
import type { ArduinoSettings } from "./settings.ts";

function settingsOf(tree: Record<string, unknown>): ArduinoSettings {
  const { value, problems } = { value: undefined, ...validate(group(plugin.settings, "arduino"), tree) };
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
}

/** What is wrong with sensors, each problem as `path: message [code]`. */
function problemsOf(sensors: readonly Record<string, unknown>[], more: Record<string, unknown> = {}): string[] {
  const problems = plugin.check?.(settingsOf({ sensors, ...more })) ?? [];
  return problems.map(({ path, message, code }) => `${path.join(".")}: ${message} [${code}]`);
}

const AIR = { name: "air", kind: "voltage", pin: "A0" };
const LID = { name: "lid", kind: "digital", pin: "2" };

describe("a plan of sensors", () => {
  it("of the documentation is possible", () => {
    for (const example of plugin.examples) expect(example).toContain("sensors:");
    expect(problemsOf([AIR, LID, { name: "case", kind: "supply" }])).toEqual([]);
  });

  it.each<[string, readonly Record<string, unknown>[], string]>([
    [
      "a pin that is used twice",
      [AIR, { ...LID, pin: "14" }, { name: "b", kind: "button", pin: "A0" }],
      'sensors.1.pin: pin 14 is taken by the sensor "air" [pin-taken]',
    ],
    [
      "an analog sensor on a digital pin",
      [{ ...AIR, pin: "7" }],
      "sensors.0.pin: pin 7 is digital, this sensor needs one of A0 to A5 [bad-pin]",
    ],
    [
      "a counter without interrupt",
      [{ name: "rain", kind: "counter", pin: "4" }],
      "sensors.0.pin: pin 4 has no interrupt: on the Uno or Nano the pins 2, 3 have one [bad-pin]",
    ],
    [
      "a pin that is not there",
      [{ ...LID, pin: "31" }],
      "sensors.0.pin: the Uno or Nano has no pin 31 for this: it has 2 to 13 and A0 to A5 [bad-pin]",
    ],
    [
      "a missing pin",
      [{ name: "lid", kind: "digital" }],
      "sensors.0.pin: pin is required: the pin that the digital is on [missing-setting]",
    ],
    [
      "a pin on the thermocouples' bus",
      [
        { ...LID, pin: "13" },
        { name: "grill", kind: "thermocouple", chip: "max6675", pins: { cs: "10" } },
      ],
      'sensors.1.pins.cs: the sensor "lid" is on a pin of the thermocouples\' bus [pin-taken]',
    ],
    [
      "one pin for both ends of a distance",
      [{ name: "tank", kind: "distance", pins: { trigger: "7", echo: "7" } }],
      'sensors.0.pins.echo: pin 7 is taken by the sensor "tank" [pin-taken]',
    ],
    [
      "a thermocouple that is selected by its own clock",
      [{ name: "grill", kind: "thermocouple", chip: "max6675", pins: { cs: "13" } }],
      'sensors.0.pins.cs: the sensor "grill" is on a pin of the thermocouples\' bus [pin-taken]',
    ],
    [
      "an address with a wrong digit",
      [{ name: "pond", kind: "ds18b20", pin: "4", rom: "28FF641E0316032C" }],
      "sensors.0.rom: 28FF641E0316032C is no address: its last two digits are not the checksum of the others",
    ],
    [
      "two sensors of one name and field",
      [AIR, { ...AIR, pin: "A1" }, { ...AIR, pin: "A2", field: "left" }],
      'sensors.1.name: "air volts" is what the sensor "air" sends: give one of them another name, tag or field',
    ],
    [
      "two kinds of one name and field",
      [
        { name: "air", kind: "dht22", pin: "4" },
        { name: "attic", measurement: "air", kind: "ds18b20", pin: "5" },
      ],
      'sensors.1.name: "air temp_c" is what the sensor "air" sends',
    ],
    [
      "a name like a command",
      [{ ...AIR, name: "!air" }],
      'sensors.0.name: a name on a board does not begin with !: "!air" [bad-text]',
    ],
    [
      "more than a command holds",
      [
        {
          name: "a_name_of_thirty_one_characters",
          kind: "ntc",
          pin: "A0",
          field: "temperature",
          mean: "20",
          deadband: "0.125",
          heartbeat: "1h",
          scale: "1.0123456789",
          offset: "-0.123456789",
          beta: "3950.5",
          r0: "100.25k",
          series: "99.75k",
        },
      ],
      "sensors.0: the board takes 185 characters for a sensor, and this has",
    ],
    [
      "a thermocouple without its chip",
      [{ name: "grill", kind: "thermocouple", pins: { cs: "10" } }],
      "sensors.0.chip: chip is required: the thermocouple's converter, max6675 or max31855 [missing-setting]",
    ],
    [
      "a distance without its echo",
      [{ name: "tank", kind: "distance", pins: { trigger: "7" } }],
      "sensors.0.pins: pins is required: { trigger: PIN, echo: PIN } [missing-setting]",
    ],
    [
      "two DS18B20 without address",
      [
        { name: "a", kind: "ds18b20", pin: "4" },
        { name: "b", kind: "ds18b20", pin: "4", rom: "28FF641E0316032B" },
      ],
      'sensors.1.pin: pin 4 is taken by the sensor "a": several on one pin need each its address, `rom` [pin-taken]',
    ],
    [
      "a setting of another kind",
      [{ ...LID, beta: "3950" }],
      "sensors.0.beta: a digital has no beta: it has pullup [conflicting-settings]",
    ],
    [
      "an interval that is too short",
      [{ name: "air", kind: "dht22", pin: "4", interval: "1s" }],
      "sensors.0.interval: a dht22 cannot be read every 1000 ms: 2000ms at least [bad-duration]",
    ],
    [
      "a name that is too long",
      [{ ...AIR, tags: { greenhouse: "the one behind", row: "north" } }],
      "sensors.0.name: a name on a board has no space",
    ],
    [
      "too many tags",
      [{ ...AIR, tags: { greenhouse: "behind_the_house", row: "north" } }],
      "sensors.0.name: measurement and tags have 41 characters together",
    ],
    [
      "coefficients without a series resistor",
      [{ name: "meat", kind: "ntc", pin: "A0", coefficients: ["1e-3", "2e-4", "9e-8"] }],
      "sensors.0.coefficients: coefficients need series, the resistor beside the thermistor [conflicting-settings]",
    ],
    [
      "two coefficients",
      [{ name: "meat", kind: "ntc", pin: "A0", series: "10k", coefficients: ["1e-3", "2e-4"] }],
      "sensors.0.coefficients: expected Steinhart and Hart's three coefficients, all above 0 [bad-number]",
    ],
    [
      "two names for the samples",
      [{ ...AIR, mean: "5", median: "5" }],
      "sensors.0.median: mean and median both say what becomes of the samples: keep one of them [conflicting-settings]",
    ],
  ])("with %s is refused", (_, sensors, message) => {
    expect(problemsOf(sensors)[0]).toContain(message);
  });

  it("with more sensors than the board has channels is refused, and another board has more", () => {
    const sensors = Array.from({ length: 13 }, (_, index) => ({ name: `s${index}`, kind: "supply" }));
    expect(problemsOf(sensors)).toEqual([
      "sensors.12: 13 sensors, and the Uno or Nano has 12 channels: leave out 1 [too-many-sensors]",
    ]);
    expect(problemsOf(sensors, { model: "mega" })).toEqual([]);
  });

  it("with an analog input that is nothing else is refused", () => {
    expect(problemsOf([{ ...LID, pin: "A7" }], { model: "leonardo" })).toEqual([
      "sensors.0.pin: pin A7 of the Leonardo is an analog input alone [bad-pin]",
    ]);
  });

  it("with an analog input that is a digital pin as well uses that once", () => {
    const sensors = [
      { ...LID, pin: "8" },
      { ...AIR, pin: "A8" },
      { name: "sun", kind: "light", pin: "A7" },
    ];
    expect(problemsOf(sensors, { model: "leonardo" })).toEqual([
      'sensors.1.pin: pin A8 is taken by the sensor "lid" [pin-taken]',
    ]);
  });

  it("has no resistance of nothing", () => {
    expect(() => settingsOf({ sensors: [{ name: "meat", kind: "ntc", pin: "A0", r0: "0.0k" }] })).toThrow("r0");
  });

  it("names its port once", () => {
    expect(problemsOf([AIR], { port: "/dev/ttyACM0", board: "5EED1234" })).toEqual([
      "board: port and board both name the board: keep one of them [conflicting-settings]",
    ]);
  });
});

describe("what a board is told", () => {
  it("is each sensor's settings in the board's words", () => {
    const sensors = [
      { name: "grill", kind: "thermocouple", chip: "max6675", pins: { cs: "10" }, tags: { probe: "grate" } },
      { name: "meat", kind: "ntc", pin: "A0", beta: "3950", r0: "100k", series: "4.7k", mean: "20" },
      { ...LID, pullup: "true", on_change: "true" },
      { name: "tank", kind: "distance", pins: { trigger: "7", echo: "8" }, deadband: "0.05", heartbeat: "5m" },
      { name: "pond", kind: "ds18b20", pin: "4", rom: "28ff641e0316032b", interval: "10s" },
      { name: "air", kind: "dht22", pin: "5" },
    ];
    expect(channelsOf(settingsOf({ sensors }))).toEqual([
      "kind=max6675 name=grill,probe=grate pin=10 every=1000",
      "kind=ntc name=meat pin=A0 every=1000 mean=20 beta=3950 r0=100000 series=4700",
      "kind=digital name=lid pin=2 every=1000 deadband=0 pullup=1",
      "kind=distance name=tank pin=7 echo=8 every=1000 deadband=0.05 heartbeat=300000",
      "kind=ds18b20 name=pond pin=4 every=10000 rom=28FF641E0316032B",
      "kind=dht22 name=air pin=5 every=2000",
    ]);
  });

  it("gives a sensor with samples the time for them", () => {
    expect(channelsOf(settingsOf({ interval: "20ms", sensors: [{ ...AIR, mean: "20" }, LID] }))).toEqual([
      "kind=voltage name=air pin=A0 every=40 mean=20",
      "kind=digital name=lid pin=2 every=20",
    ]);
  });

  it("has a name of eight digits that changes with it", () => {
    const [one, other] = [configurationHash(["a"]), configurationHash(["b"])];
    expect(one).toMatch(/^[0-9A-F]{8}$/);
    expect(one).not.toBe(other);
  });
});
