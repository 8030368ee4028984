import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { FlashError } from "./flash-error.ts";

/** Boards with other bootloaders, which other programs speak to. */
export type OtherBoard = "mega" | "leonardo";
export type Tool = "avrdude" | "arduino-cli";

/** The programmer, the chip and the speed of each bootloader, as avrdude calls them. */
const AVRDUDE: Readonly<Record<OtherBoard, readonly string[]>> = {
  mega: ["-c", "wiring", "-p", "m2560", "-b", "115200"],
  leonardo: ["-c", "avr109", "-p", "m32u4", "-b", "57600"],
};

/** The program that can flash boards, from the folders of a PATH. @throws FlashError that says what to install */
export function findTool(board: OtherBoard, path: string = process.env["PATH"] ?? ""): Tool {
  const tool = (["avrdude", "arduino-cli"] as const).find((name) => isOnPath(name, path));
  if (tool !== undefined) return tool;
  throw new FlashError(
    `a ${board} is flashed by avrdude or arduino-cli, and neither is installed: ` +
      "apt-get install avrdude, brew install avrdude, or https://arduino.github.io/arduino-cli/",
  );
}

/** The command line with which a tool flashes a board. */
export function toolCommand(tool: Tool, board: OtherBoard, port: string, hex: string): readonly string[] {
  return tool === "avrdude"
    ? [tool, ...AVRDUDE[board], "-P", port, "-D", "-U", `flash:w:${hex}:i`]
    : [tool, "upload", "-p", port, "-b", `arduino:avr:${board}`, "-i", hex];
}

/** Whether the board's bootloader has to be called before: arduino-cli does so itself. */
export function needsTouch(tool: Tool, board: OtherBoard): boolean {
  return tool === "avrdude" && board === "leonardo";
}

function isOnPath(name: string, path: string): boolean {
  const names = process.platform === "win32" ? [`${name}.exe`] : [name];
  return path.split(delimiter).some((folder) => names.some((each) => isExecutable(join(folder, each))));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
