export * from "./barbecue.ts";
export * from "./board/uno.ts";
export * from "./broker.ts";
export * from "./firebox.ts";
export * from "./pseudo-terminal.ts";
export * from "./serial-device.ts";
