/** What a broker's answer to SUBSCRIBE and its DISCONNECT may say (MQTT 5 section 2.4). */
const REASONS: Readonly<Record<number, string>> = {
  0x80: "refused",
  0x83: "refused by this broker",
  0x87: "not authorized",
  0x89: "broker busy",
  0x8b: "broker shutting down",
  0x8d: "keepalive timeout",
  0x8e: "session taken over",
  0x8f: "topic filter invalid",
  0x93: "receive maximum exceeded",
  0x95: "packet too large",
  0x97: "quota exceeded",
  0x98: "administrative action",
  0x9e: "shared subscriptions not supported",
  0xa2: "wildcard subscriptions not supported",
};

/** What a reason code says. */
export function reasonText(code: number): string {
  return REASONS[code] ?? `reason ${code}`;
}
