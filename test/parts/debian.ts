import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** The programs that the tests run for real and the files, by their paths, that they compile with; and the Debian packages they come in. */
export const PACKAGE_OF: Readonly<Record<string, string>> = {
  mosquitto: "mosquitto",
  influxd: "influxdb",
  "victoria-metrics": "victoria-metrics",
  script: "bsdutils",
  socat: "socat",
  curl: "curl",
  openssl: "openssl",
  "systemd-notify": "systemd",
  "systemd-analyze": "systemd",
  "systemd-socket-activate": "systemd",
  make: "make",
  gcc: "gcc",
  "g++": "g++",
  "/usr/include/stdio.h": "libc6-dev",
  "avr-gcc": "gcc-avr",
  "avr-objcopy": "binutils-avr",
  "/usr/lib/avr/include/avr/io.h": "avr-libc",
  "/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h": "arduino-core-avr",
  "/usr/include/simavr/sim_avr.h": "libsimavr-dev",
  avrdude: "avrdude",
};

/**
 * Where a program of the system is, or the file of an absolute path; undefined when it is not installed. Daemons are in folders that PATH
 * may lack.
 */
export function pathOf(name: string): string | undefined {
  if (isAbsolute(name)) return permits(name, constants.R_OK) ? name : undefined;
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => permits(path, constants.X_OK));
}

function permits(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
