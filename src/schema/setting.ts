import type { Problem } from "./problem.ts";

/** What the documentation and the JSON Schema say of a setting. */
export interface SettingMeta {
  readonly description: string;
  /** The type's name for people: `duration`, `list of text`. */
  readonly label: string;
  /** What an editor accepts; left out where it follows from the structure. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** The fewest items of a list. */
  readonly minItems?: number;
  /** The value is never shown. */
  readonly secret?: boolean;
  /** The value names a file or folder; `create` gets it absolute. */
  readonly path?: boolean;
}

/** What a value is made of. */
export type Structure =
  | { readonly kind: "scalar" }
  | { readonly kind: "list" | "dictionary"; readonly item: Setting }
  | { readonly kind: "group"; readonly shape: SettingsShape }
  | { readonly kind: "either"; readonly forms: Forms };

/** The ways to write one setting; which it is, the shape of the value decides. */
export interface Forms {
  readonly scalar?: Setting;
  readonly list?: Setting;
  readonly map?: Setting;
}

export type Path = readonly (string | number)[];

/** Reads what stands in the file at a path; after it has added a problem, what it gives means nothing. */
export type Read<T> = (given: unknown, path: Path, problems: Problem[]) => T;

interface Declaration<T> {
  readonly meta: SettingMeta;
  readonly structure: Structure;
  readonly read: Read<T>;
  readonly required?: boolean;
  readonly default?: unknown;
}

/** One setting: what it says of itself, and how it is read. It never changes. */
export class Setting<out T = unknown> {
  readonly #declared: Declaration<T>;

  constructor(declared: Declaration<T>) {
    this.#declared = declared;
  }

  get meta(): SettingMeta {
    return this.#declared.meta;
  }

  get structure(): Structure {
    return this.#declared.structure;
  }

  get required(): boolean {
    return this.#declared.required ?? true;
  }

  /** What stands for it when it is left out, as it would be written in the file; undefined without one. */
  get default(): unknown {
    return this.#declared.default;
  }

  /** The value; when something is wrong, all of it is added to `problems`. */
  read(given: unknown, path: Path, problems: Problem[]): T {
    const written = given === undefined ? this.default : given;
    if (written === undefined && !this.required) return undefined as T;
    return this.#declared.read(written, path, problems);
  }

  /** It may be left out. */
  optional(): Setting<T | undefined> {
    return new Setting<T | undefined>({ ...this.#declared, required: false });
  }

  /** It may be left out; then this, written as in the file, stands for it. */
  prefault(written: unknown): Setting<T> {
    return new Setting({ ...this.#declared, required: false, default: written });
  }
}

export type SettingsShape = Readonly<Record<string, Setting>>;
export type ValueOf<S> = S extends Setting<infer T> ? T : never;
type OptionalKey<Shape> = { [K in keyof Shape]: undefined extends ValueOf<Shape[K]> ? K : never }[keyof Shape];
type Flat<T> = { [K in keyof T]: T[K] };

/** The type that `create` gets: keys of optional settings may be absent. */
export type SettingsOf<Shape extends SettingsShape> = Flat<
  { -readonly [K in Exclude<keyof Shape, OptionalKey<Shape>>]: ValueOf<Shape[K]> } & {
    -readonly [K in OptionalKey<Shape>]?: ValueOf<Shape[K]>;
  }
>;
