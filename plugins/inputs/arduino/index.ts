import { defineInput } from "fieldline/plugin";
import { ArduinoInput } from "./arduino-input.ts";
import { checkSettings } from "./check.ts";
import { portName, settings } from "./settings.ts";

export default defineInput({
  name: "arduino",
  summary: "Reads the sensors of an Arduino that has Fieldline's firmware; which sensor is on which pin stands here.",
  settings,
  examples: [
    `type: arduino
sensors:
  - { name: grill, kind: thermocouple, chip: max6675, pins: { cs: 10 }, tags: { probe: grate } }
  - { name: meat, kind: ntc, pin: A0, beta: 3950, r0: 100k, series: 10k, tags: { probe: brisket } }
  - { name: lid, kind: digital, pin: 2, pullup: true, on_change: true }
`,
    `type: arduino
port: /dev/ttyUSB0
interval: 10s
sensors:
  - { name: air, kind: dht22, pin: 4 }
  - { name: rain, kind: counter, pin: 2, pullup: true, debounce: 20ms }
  - { name: pond, kind: ds18b20, pin: 5, rom: 28FF641E0316032B }
  - { name: tank, kind: distance, pins: { trigger: 7, echo: 8 }, interval: 1m }
`,
    `type: arduino
board: 5EED1234
model: mega
sensors:
  - { name: pressure, kind: voltage, pin: A3, mean: 20, scale: 2.5, offset: -1.25, field: bar, deadband: 0.05, heartbeat: 5m }
`,
  ],
  defaultDecoder: "line_protocol",
  check: checkSettings,
  claims: (written) => [{ kind: "port", name: portName(written) }],
  create: (written, context) => new ArduinoInput(written, context),
});
