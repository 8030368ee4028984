import { defineInput, portName } from "fieldline/plugin";
import { checkSettings } from "./check.ts";
import { FirmataInput } from "./firmata-input.ts";
import { settings } from "./settings.ts";

export default defineInput({
  name: "firmata",
  summary:
    "Reads sensors of a board that has StandardFirmata, through johnny-five; opens it again when it is lost or silent.",
  settings,
  examples: [
    `type: firmata
port: /dev/ttyACM0
sensors:
  - { name: soil, pin: A0, tags: { bed: tomatoes }, field: moisture }
  - { name: air, class: Thermometer, controller: TMP36, pin: A1 }
  - { name: door, class: Button, pin: 2, pullup: true }
`,
    `type: firmata
usb: { vendor: 2341 }
interval: 10s
sensors:
  - { name: cellar_temp, class: Thermometer, controller: BME280, address: 0x76, measurement: cellar }
  - { name: cellar_rh, class: Hygrometer, controller: BME280, address: 0x76, measurement: cellar }
  - { name: hall, class: Motion, pin: 7, interval: 1s }
`,
  ],
  defaultDecoder: "json",
  originSettings: ["sensors"],
  origin: ({ sensors }) => {
    const origins = new Map(
      sensors.map(({ name, measurement = name, tags }) => [name, { measurement, tags: new Map(Object.entries(tags)) }]),
    );
    return (channel) => origins.get(channel) ?? { tags: new Map() };
  },
  check: checkSettings,
  claims: (written) => [{ kind: "port", name: portName(written) }],
  create: (written, context) => new FirmataInput(written, context),
});
