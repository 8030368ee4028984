import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Which USB device; what is left out matches any. Ids are hexadecimal, with or without 0x and leading zeros. */
export interface UsbFilter {
  readonly vendor?: string | undefined;
  readonly product?: string | undefined;
  readonly serial?: string | undefined;
}

/** A serial port of a USB device that is plugged in. */
export interface UsbPort {
  /** The device node, such as /dev/ttyACM0. */
  readonly path: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  /** The USB device of which this is one port. */
  readonly device: string;
}

/** Where the system shows its devices; a test has others. */
export interface DeviceRoots {
  readonly sys: string;
  readonly dev: string;
}

export const SYSTEM_ROOTS: DeviceRoots = { sys: "/sys", dev: "/dev" };

/** From the tty's own folder up to its USB device are at most the port, the interface and the device. */
const LEVELS = 4;

/** `usb:vendor:product:serial`, with * for what is left out. */
export function usbName({ vendor, product, serial }: UsbFilter): string {
  return `usb:${hexId(vendor) ?? "*"}:${hexId(product) ?? "*"}:${serial ?? "*"}`;
}

/**
 * The device node of the one USB device that a filter names.
 * @throws Error that lists what is plugged in when it is none or more than one
 */
export async function findUsbDevice(filter: UsbFilter, roots: DeviceRoots): Promise<string> {
  const ports = await listUsbPorts(roots);
  const found = ports.filter((port) => matches(port, filter)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const [first] = found;
  if (first === undefined) {
    const others = ports.length === 0 ? "no USB serial device" : ports.map(describeUsbPort).join(", ");
    throw new Error(`no serial device matches ${usbName(filter)}; plugged in: ${others}`);
  }
  if (found.some(({ device }) => device !== first.device))
    throw new Error(
      `${found.length} serial devices match ${usbName(filter)}: ${found.map(describeUsbPort).join(", ")}; ` +
        "narrow it, for example with serial:, or name the port: by its link in /dev/serial/by-path",
    );
  return first.path;
}

/** The serial ports of the USB devices that are plugged in. Linux shows them in /sys; udevadm is not needed. */
export async function listUsbPorts(roots: DeviceRoots): Promise<UsbPort[]> {
  if (process.platform !== "linux") return listByDriver();
  const folder = join(roots.sys, "class/tty");
  const names = await readdir(folder).catch(() => []);
  const ports = await Promise.all(
    names.map(async (name): Promise<UsbPort | undefined> => {
      const start = await realpath(join(folder, name, "device")).catch(() => undefined);
      const device = start === undefined ? undefined : await usbDeviceAbove(start);
      return device === undefined ? undefined : { path: join(roots.dev, name), ...device };
    }),
  );
  return ports.filter((port) => port !== undefined);
}

async function usbDeviceAbove(folder: string, levels = LEVELS): Promise<Omit<UsbPort, "path"> | undefined> {
  const read = (name: string) =>
    readFile(join(folder, name), "utf8").then(
      (content) => content.trim(),
      () => undefined,
    );
  const vendor = await read("idVendor");
  if (vendor !== undefined)
    return { vendor, product: (await read("idProduct")) ?? "", serial: (await read("serial")) ?? "", device: folder };
  return levels === 0 || basename(folder) === "" ? undefined : usbDeviceAbove(dirname(folder), levels - 1);
}

async function listByDriver(): Promise<UsbPort[]> {
  const { SerialPort } = await import("serialport");
  const ports = await SerialPort.list();
  return ports
    .filter(({ vendorId }) => vendorId !== undefined)
    .map(({ path, vendorId = "", productId = "", serialNumber = "", locationId = path }) => ({
      path,
      vendor: vendorId,
      product: productId,
      serial: serialNumber,
      device: locationId,
    }));
}

function matches(port: UsbPort, { vendor, product, serial }: UsbFilter): boolean {
  return (
    (vendor === undefined || hexId(vendor) === hexId(port.vendor)) &&
    (product === undefined || hexId(product) === hexId(port.product)) &&
    (serial === undefined || serial === port.serial)
  );
}

/** An id in four lower-case digits, as the kernel writes it. */
function hexId(id: string | undefined): string | undefined {
  return id?.toLowerCase().replace(/^0x/, "").padStart(4, "0");
}

/** A port in a sentence: its path, its ids, its serial number. */
export function describeUsbPort({ path, vendor, product, serial }: UsbPort): string {
  return `${path} (${vendor}:${product}${serial === "" ? "" : ` serial ${serial}`})`;
}
