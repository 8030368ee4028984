import {
  choice,
  duration,
  framingSetting,
  integer,
  type LineSettings,
  portSettings,
  type SettingsOf,
} from "fieldline/plugin";

export const settings = {
  ...portSettings,
  baud: integer("Baud rate; at a bridge, the bridge has its own.", { min: 1, max: 20_000_000 }).prefault("115200"),
  parity: choice(["none", "even", "odd", "mark", "space"], "Parity; `mark` and `space` on Windows only.").prefault(
    "none",
  ),
  data_bits: integer("Data bits.", { min: 5, max: 8 }).prefault("8"),
  stop_bits: integer("Stop bits.", { min: 1, max: 2 }).prefault("1"),
  flow: choice(
    ["none", "rtscts", "xonxoff"],
    "Flow control: none, by the lines RTS and CTS, or by XON and XOFF.",
  ).prefault("none"),
  framing: framingSetting(
    ["line"],
    "How the bytes are cut into readings: `line`, or a map for a delimiter or a fixed length. What comes before the " +
      "first line end or delimiter after opening is left out and counted as `partial_frames`, since it may lack its " +
      "beginning: a board that starts anew when it is opened does well to send a line end first.",
  ).prefault("line"),
  silence: duration(
    "No data for this long, and the port is closed and opened again, which resets most boards; 0 for never. Choose " +
      "several times the board's longest interval. A device that is unplugged is noticed without it.",
    { max: 7 * 86_400_000 },
  ).prefault("0"),
};

export type SerialSettings = SettingsOf<typeof settings>;

/** How the bytes go over the line. */
export function lineOf({ baud, parity, data_bits, stop_bits, flow }: SerialSettings): LineSettings {
  return { baud, parity, dataBits: data_bits as 5 | 6 | 7 | 8, stopBits: stop_bits as 1 | 2, flow };
}
