import { dictionary, either, list, type Problem, text } from "fieldline/plugin";
import { nameOf, parsePath, type Path } from "./path.ts";

const EXPECTED = 'a path such as temp, temp.c, probes[0].c or "a.b".c';

/** The value of a setting that `placesSetting` declares. */
export type PlacesSetting = readonly string[] | Readonly<Record<string, string>>;

/** Names to places in a document. */
export type Places = ReadonlyMap<string, Path>;

/** The setting of one path. */
export function pathSetting(description: string) {
  return text(`${description}: \`temp.c\`, \`probes[0].c\`; a name with dots in double quotes.`);
}

/** The setting of several paths: a list, or a map to the names that their values get. */
export function placesSetting(description: string) {
  return either(
    {
      list: list(text("A path"), "Paths; the names are their keys joined with `_`."),
      map: dictionary(text("The name."), "Paths and the names that the values get."),
    },
    description,
  );
}

/** What is wrong with a path that stands at `at` in the settings. */
export function checkPath(path: string, at: Problem["path"], atKey = false): Problem[] {
  if (parsePath(path) !== undefined) return [];
  return [{ path: at, code: "bad-text", message: `expected ${EXPECTED}, found ${JSON.stringify(path)}`, atKey }];
}

/** What is wrong with several paths that stand at `at`: their form, or that two have one name. */
export function checkPlaces(setting: PlacesSetting, at: Problem["path"]): Problem[] {
  const firstOf = new Map<string, string>();
  return entriesOf(setting).flatMap(({ text, name, key }): Problem[] => {
    const wrong = checkPath(text, [...at, key], typeof key === "string");
    const first = firstOf.get(name);
    firstOf.set(name, text);
    if (wrong.length > 0 || first === undefined) return wrong;
    const message = `${text} would have the same name as ${first}: ${JSON.stringify(name)}`;
    return [{ path: [...at, key], code: "conflicting-settings", message }];
  });
}

/** @throws Error for a path in which `checkPath` finds a problem */
export function pathOf(text: string): Path {
  const path = parsePath(text);
  if (path === undefined) throw new Error(`expected ${EXPECTED}, found ${JSON.stringify(text)}`);
  return path;
}

/** The places by name. @throws Error for a path in which `checkPlaces` finds a problem */
export function placesOf(setting: PlacesSetting): Places {
  return new Map(entriesOf(setting).map(({ text, name }) => [name, pathOf(text)]));
}

function entriesOf(setting: PlacesSetting): { text: string; name: string; key: string | number }[] {
  if (!isList(setting)) return Object.entries(setting).map(([text, name]) => ({ text, name, key: text }));
  return setting.map((text, key) => {
    const path = parsePath(text);
    return { text, name: path === undefined ? text : nameOf(path), key };
  });
}

function isList(setting: PlacesSetting): setting is readonly string[] {
  return Array.isArray(setting);
}
