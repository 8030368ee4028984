import { checkFraming, checkPort, defineInput, portName } from "fieldline/plugin";
import { SerialInput } from "./serial-input.ts";
import { settings } from "./settings.ts";

export default defineInput({
  name: "serial",
  summary: "Reads a serial port, such as an Arduino's, also through a network bridge; opens it again when it is lost.",
  settings,
  examples: [
    "type: serial\nport: /dev/ttyACM0\n",
    "type: serial\nusb: { vendor: 2341, serial: 75230313833351F0D1A1 }\nbaud: 9600\n",
    "type: serial\nport: tcp://192.0.2.7:4000\nframing: { type: delimiter, delimiter: ; }\nsilence: 5m\ndecode: { type: value, measurement: scale }\n",
  ],
  defaultDecoder: "line_protocol",
  check: (written) => [...checkPort(written), ...checkFraming(written.framing)],
  claims: (written) => [{ kind: "port", name: portName(written) }],
  create: (written, context) => new SerialInput(written, context),
});
