/** Serial ports: found, opened, watched and read, also through a network bridge. */
export * from "./bridge.ts";
export * from "./bridge-address.ts";
export * from "./connection.ts";
export * from "./device.ts";
export * from "./line-settings.ts";
export * from "./port-holders.ts";
export * from "./ports.ts";
export * from "./receive.ts";
export * from "./usb-device.ts";
