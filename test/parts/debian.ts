import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The programs that the tests run for real, and the Debian packages they come in. */
export const PACKAGE_OF: Readonly<Record<string, string>> = {
  mosquitto: "mosquitto",
  influxd: "influxdb",
  "victoria-metrics": "victoria-metrics",
  socat: "socat",
  curl: "curl",
  openssl: "openssl",
  "systemd-notify": "systemd",
  "systemd-analyze": "systemd",
  "systemd-socket-activate": "systemd",
};

/** Where a program of the system is; undefined when it is not installed. Daemons are in folders that PATH may lack. */
export function pathOf(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
