const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const AMOUNT = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/;

function parseAmount(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = AMOUNT.exec(text);
  if (match === null) return undefined;
  if (Number(match[1]) === 0 && match[2] === "") return 0;
  const unit = units[match[2] ?? ""];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Milliseconds of a text such as `250ms`, `5s`, `2m`, `1h`, `7d` or `0`; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  return parseAmount(text, DURATION_MS);
}

/** A duration in the largest unit that has it whole. */
export function writeDuration(ms: number): string {
  return writeAmount(ms, DURATION_MS, ["d", "h", "m", "s"], "ms");
}

/** A size in the largest binary unit that has it whole. */
export function writeSize(bytes: number): string {
  return writeAmount(bytes, SIZE_BYTES, ["GiB", "MiB", "KiB"], "B");
}

function writeAmount(
  amount: number,
  units: Readonly<Record<string, number>>,
  larger: readonly string[],
  smallest: string,
): string {
  const unit = amount === 0 ? smallest : (larger.find((each) => amount % (units[each] ?? 1) === 0) ?? smallest);
  return `${amount / (units[unit] ?? 1)}${unit}`;
}

/** Bytes of a text such as `64KiB`, `512MB`, `1GiB`, `100B`; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  const bytes = parseAmount(text, SIZE_BYTES);
  return bytes === undefined ? undefined : Math.floor(bytes);
}
