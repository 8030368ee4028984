export * from "./barbecue.ts";
export * from "./broker.ts";
export * from "./serial-device.ts";
