/** Runs a function in another time zone, locale, century and run of chance, and puts all back. */
export function disturbed<Result>(run: () => Result): Result {
  const restore = [disturbZone(), disturbClock(), disturbChance(), ...LOCALE_METHODS.map(disturbLocale)];
  try {
    return run();
  } finally {
    for (const undo of restore) undo();
  }
}

type Undo = () => void;

function disturbZone(): Undo {
  const zone = process.env["TZ"];
  // Two hours, three quarters, and daylight saving in the southern summer.
  process.env["TZ"] = "Pacific/Chatham";
  return () => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  };
}

function disturbClock(): Undo {
  const RealDate = Date;
  const now = () => 4_102_444_800_000;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[]) => Reflect.construct(target, args.length === 0 ? [now()] : args) as Date,
    get: (target, key) => (key === "now" ? now : (Reflect.get(target, key) as unknown)),
  });
  return () => {
    globalThis.Date = RealDate;
  };
}

function disturbChance(): Undo {
  const { random } = Math;
  Math.random = () => 0.123456789;
  return () => {
    Math.random = random;
  };
}

/** The methods that use the locale of the process unless told otherwise, and the place of that argument. */
const LOCALE_METHODS: readonly (readonly [object, string, number])[] = [
  [Number.prototype, "toLocaleString", 0],
  [BigInt.prototype, "toLocaleString", 0],
  [Date.prototype, "toLocaleString", 0],
  [String.prototype, "toLocaleUpperCase", 0],
  [String.prototype, "toLocaleLowerCase", 0],
  [String.prototype, "localeCompare", 1],
];

function disturbLocale([prototype, name, place]: readonly [object, string, number]): Undo {
  const real = Object.getOwnPropertyDescriptor(prototype, name);
  if (real === undefined) return () => undefined;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    // Turkish has its own i, and this Arabic its own digits.
    args[place] ??= name.startsWith("toLocaleString") ? "ar-EG" : "tr";
    return Reflect.apply(real.value as (...args: unknown[]) => unknown, this, args);
  };
  Object.defineProperty(prototype, name, { ...real, value });
  return () => Object.defineProperty(prototype, name, real);
}
