import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What Linux says of a USB device; ids are four hexadecimal digits. */
export interface UsbIds {
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
}

/**
 * Shows a USB device with one port in the folder's `sys` as Linux does in /sys.
 * @param name the port's name, such as ttyACM0
 * @param at where it is plugged in, such as 1-2
 * @returns what takes it away again
 */
export async function showUsb(folder: string, name: string, at: string, ids: UsbIds): Promise<() => Promise<void>> {
  const device = join(folder, "sys/devices/usb1", at);
  // ttyUSB has a folder of its own between the interface and the tty.
  const port = join(device, `${at}:1.0`, name.startsWith("ttyUSB") ? name : "");
  const tty = join(port, "tty", name);
  await mkdir(tty, { recursive: true });
  await mkdir(join(folder, "sys/class/tty"), { recursive: true });
  await symlink(port, join(tty, "device"));
  const shown = join(folder, "sys/class/tty", name);
  await symlink(tty, shown);
  await writeFile(join(device, "idVendor"), `${ids.vendor}\n`);
  await writeFile(join(device, "idProduct"), `${ids.product}\n`);
  await writeFile(join(device, "serial"), `${ids.serial}\n`);
  return async () => {
    await rm(shown);
    await rm(device, { recursive: true });
  };
}
