/** Prints each sensor of a list of [class, controller] with what johnny-five reads for it; its timers end with this process. */
import { EventEmitter } from "node:events";
import type { ClassName } from "./classes.ts";
import { COMPONENTS, makeBoard } from "./components.ts";

const sensors = JSON.parse(process.argv[2] ?? "[]") as [ClassName, string][];
const read = new Set<string>();
const reading = (wire: string) => () => void read.add(wire);
const io = Object.assign(new EventEmitter(), {
  name: "numbered",
  isReady: true,
  pins: [],
  MODES: { INPUT: 0, ANALOG: 2 },
  pinMode: () => {},
  i2cWrite: () => {},
  i2cWriteReg: () => {},
  analogRead: reading("analog"),
  digitalRead: reading("digital"),
  i2cConfig: reading("i2c"),
  i2cRead: reading("i2c"),
  i2cReadOnce: reading("i2c"),
});
const found: string[][] = [];
for (const [name, controller] of sensors) {
  read.clear();
  const component = new COMPONENTS[name]({ board: await makeBoard(io), controller, pin: 2 });
  found.push([name, String(component["controller"]), ...read]);
}
process.stdout.write(JSON.stringify(found), () => process.exit());
