/** What a sensor is connected to: an analog or digital pin, or the I2C pins that all share. */
export type Wire = "analog" | "digital" | "i2c";

/** The fields of one sample. */
export type Sample = Readonly<Record<string, number | boolean>>;

/** A class of johnny-five, and what its values become. */
export interface SensorClass {
  /** Its controllers, each with the wire that it is on; none for a class that has none, or one of its own. */
  readonly controllers: Readonly<Record<string, Wire>>;
  /** The wires without a controller; none when a controller has to be named. */
  readonly wires: readonly Wire[];
  /** Its only field, with the unit in its name where it has one. */
  readonly field: string;
  /** The property of johnny-five's class that has the value, or of what its event brings. */
  readonly value: string;
  /** It says changes alone, by these events; the others say a value at each interval. */
  readonly changes?: readonly string[];
  /** What its controllers can measure and more: beyond it nothing is connected, or johnny-five has reckoned wrong. */
  readonly range?: readonly [number, number];
}

const onEach = (wire: Wire, ...names: string[]): Record<string, Wire> =>
  Object.fromEntries(names.map((name) => [name, wire]));

/**
 * The classes of johnny-five whose values are measurements that StandardFirmata can bring. Controllers are left out that
 * johnny-five 2.1.0 reads wrong: docs/decisions/0020-johnny-five-inside.md.
 */
export const CLASSES = {
  Sensor: { controllers: {}, wires: ["analog", "digital"], field: "value", value: "" },
  Thermometer: {
    controllers: {
      ...onEach("analog", "LM35", "LM335", "TMP36", "GROVE", "TINKERKIT"),
      ...onEach("i2c", "TMP102", "SHT31D", "HTU21D", "TH02", "MPU6050", "MPL115A2", "MS5611", "BMP280", "BME280"),
      ...onEach("i2c", "SI7020", "SI7021", "LSM303C"),
    },
    wires: [],
    field: "temp_c",
    value: "celsius",
    range: [-100, 300],
  },
  Hygrometer: {
    controllers: onEach("i2c", "SHT31D", "HTU21D", "HIH6130", "SI7020", "SI7021", "BME280"),
    wires: [],
    field: "humidity_pct",
    value: "relativeHumidity",
  },
  Barometer: {
    controllers: onEach("i2c", "MPL115A2", "BMP280", "BME280", "MS5611"),
    wires: [],
    field: "pressure_kpa",
    value: "pressure",
    range: [0, 200],
  },
  Light: { controllers: {}, wires: ["analog"], field: "level", value: "level" },
  Proximity: {
    controllers: {
      ...onEach("analog", "GP2Y0A21YK", "GP2D120XJ00F", "GP2Y0A02YK0F", "GP2Y0A41SK0F", "GP2Y0A710K0F"),
      ...onEach("analog", "MB1000", "MB1003", "MB1010", "MB1230"),
      ...onEach("i2c", "SRF10", "HCSR04I2CBACKPACK", "LIDARLITE"),
    },
    wires: [],
    field: "distance_cm",
    value: "cm",
    range: [0, 10_000],
  },
  Motion: {
    controllers: {
      ...onEach("digital", "PIR", "HCSR501"),
      ...onEach("analog", "GP2Y0D810Z0F", "GP2Y0D815Z0F", "GP2Y0A60SZLF"),
      ...onEach("i2c", "GP2Y0D805Z0F"),
    },
    wires: ["digital"],
    field: "motion",
    value: "detectedMotion",
  },
  Button: { controllers: {}, wires: ["digital"], field: "pressed", value: "isDown", changes: ["down", "up"] },
  Switch: { controllers: {}, wires: ["digital"], field: "closed", value: "isClosed", changes: ["open", "close"] },
} as const satisfies Readonly<Record<string, SensorClass>>;

export type ClassName = keyof typeof CLASSES;

export const CLASS_NAMES = Object.keys(CLASSES) as [ClassName, ...ClassName[]];

/** The class of a name, with what all have in common. */
export function classOf(name: ClassName): SensorClass {
  return CLASSES[name];
}

/** The wire of a sensor; undefined when its controller is none of the class, or has to be named and is not. */
export function wireOf(name: ClassName, controller: string | undefined, pin: string | undefined): Wire | undefined {
  const { controllers, wires } = classOf(name);
  if (controller !== undefined) return controllers[controller];
  const [only, other] = wires;
  return other === undefined ? only : pin?.startsWith("A") === true ? "analog" : "digital";
}
