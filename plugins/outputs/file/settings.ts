import { choice, group, integer, path, size } from "fieldline/plugin";

export const settings = {
  path: path("The file, made if it is not there; its folder must exist."),
  precision: choice(["ns", "us", "ms", "s"], "The unit of timestamps; finer parts are cut off.").prefault("ns"),
  unsigned: choice(
    ["auto", "u"],
    "How unsigned integers are written: `u` as such, `auto` as signed ones where they fit, for a file that influxd 1.x is to read.",
  ).prefault("u"),
  rotate: group(
    {
      max_size: size("A batch that would make the file larger goes to a new one.", { min: 1 }),
      keep: integer("How many full files to keep, `PATH.1` being the newest; older ones are deleted.", {
        min: 1,
        max: 1000,
      }).prefault("10"),
    },
    "Begin a new file when this one is full. Left out, it grows; moving it away, as logrotate does, begins a new one too.",
  ).optional(),
};
