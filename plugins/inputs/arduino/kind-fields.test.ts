import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { KIND_FIELDS } from "./kind-fields.ts";
import { KIND_NAMES, kindOf } from "./kinds.ts";

const SOURCE = new URL("../../../firmware/fieldline/src/parts/kind.cpp", import.meta.url);
/** `{"lm35", "temp_c", ANALOG_PIN | FILTERED, 10},` */
const LINE = /\{"(?<kind>\w+)", "(?<field>\w+)", (?<flags>[A-Z_ |]+), (?<least>\d+)\},/g;

it("the kinds have the fields and the least intervals that the firmware has", () => {
  const lines = [...readFileSync(SOURCE, "utf8").matchAll(LINE)].map(({ groups }) => groups ?? {});
  const found = lines.map(({ kind = "", field, flags = "", least }) => [
    kind.startsWith("max") ? "thermocouple" : kind,
    field + (flags.includes("TWO_VALUES") ? " humidity_pct" : ""),
    Number(least),
  ]);
  const known = KIND_NAMES.map((name) => [name, KIND_FIELDS[name].join(" "), kindOf(name).least]);
  expect(new Set(found.map((kind) => kind.join()))).toEqual(new Set(known.map((kind) => kind.join())));
});
