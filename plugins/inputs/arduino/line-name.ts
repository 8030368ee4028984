import { encodeLine } from "fieldline/plugin";
import { kindOf } from "./kinds.ts";
import type { SensorSettings } from "./settings.ts";

/** What a board keeps of a name, in bytes. */
export const LONGEST_NAME = 31;
const FIELD = "f";

/** Measurement and tags as they stand in a sensor's lines. @throws Error with the reason when line protocol has no such name */
export function lineName({ name, measurement = name, tags = {} }: SensorSettings): string {
  const line = encodeLine({
    measurement,
    tags: new Map(Object.entries(tags)),
    fields: new Map([[FIELD, true]]),
    time: { seconds: 0, nanos: 0 },
    offset: 0,
  });
  return line.slice(0, line.lastIndexOf(` ${FIELD}=true `));
}

/** The fields of a sensor's lines, in their order. */
export function fieldsOf({ kind, field }: Pick<SensorSettings, "kind" | "field">): readonly string[] {
  const { field: own, second } = kindOf(kind);
  return second === undefined ? [field ?? own] : [own, second];
}
