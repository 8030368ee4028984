/** Packet ids of MQTT and their like. */
const REMEMBERED = 65_536;
const TEXTS: (string | undefined)[] = [];

/** A whole number from 0 on in decimal digits; the same text for the same number, where that is below 65,536. */
export function decimalText(value: number): string {
  if (value >= REMEMBERED) return String(value);
  // A list that is filled in order stays quick; the gaps up to a high number cost eight bytes each.
  while (TEXTS.length <= value) TEXTS.push(undefined);
  return (TEXTS[value] ??= String(value));
}
