import { choice, duration, either, group, integer, type Problem, size, text } from "../../schema/index.ts";
import { DELIMITER_PATTERN, parseDelimiter } from "./delimiter.ts";
import type { Framing } from "./framer.ts";

const MAX_FRAME = 2 ** 24;

/** What a framing setting gives, before `framingOf`. */
export type FramingSetting =
  | "line"
  | "lines"
  | {
      readonly type: Framing["type"];
      readonly delimiter?: string | undefined;
      readonly length?: number | undefined;
      readonly max_frame: number;
      readonly gap: number;
    };

/**
 * The setting that says how a stream of bytes is cut into frames: a word alone, or a map.
 * @param words the kinds of lines there are a choice of
 */
export function framingSetting<const Words extends readonly ("line" | "lines")[]>(words: Words, description: string) {
  return either(
    {
      scalar: choice(words, "How the stream is cut into readings."),
      map: group(
        {
          type: choice([...words, "delimiter", "length"], "What ends a frame."),
          delimiter: text(
            "For `type: delimiter`: the bytes between two frames. `\\n`, `\\r`, `\\t`, `\\0`, `\\\\` and `\\x1e` (any byte) are escapes.",
            { pattern: DELIMITER_PATTERN, expected: "text with no escapes but \\n \\r \\t \\0 \\\\ and \\xHH" },
          ).optional(),
          length: integer("For `type: length`: the bytes of each frame.", { min: 1, max: MAX_FRAME }).optional(),
          max_frame: size("A longer frame is left out whole and counted as `oversized_frames`.", {
            min: 1,
            max: MAX_FRAME,
          }).prefault("64KiB"),
          gap: duration(
            "For `type: length`: a pause this long within a frame gives it up, so that the next byte begins a new one; 0 for never.",
            { max: 60_000 },
          ).prefault("100ms"),
        },
        "How the stream is cut into readings, in full.",
      ),
    },
    description,
  );
}

/** What is wrong between the keys of a framing setting that stands under `path`. */
export function checkFraming(setting: FramingSetting, path: Problem["path"] = ["framing"]): Problem[] {
  if (typeof setting === "string") return [];
  return (["delimiter", "length"] as const).flatMap((key): Problem[] => {
    const given = setting[key] !== undefined;
    if (setting.type === key && !given)
      return [{ path: [...path, key], code: "missing-setting", message: `is required with type: ${key}` }];
    if (setting.type !== key && given) {
      const message = `"${key}" is for type: ${key}, but the type is ${setting.type}`;
      return [{ path: [...path, key], code: "conflicting-settings", message, atKey: true }];
    }
    return [];
  });
}

/** The framing that a setting describes. @throws Error for one in which `checkFraming` finds a problem */
export function framingOf(setting: FramingSetting): Framing {
  const [problem] = checkFraming(setting);
  if (problem !== undefined) throw new Error(`${problem.path.join(".")} ${problem.message}`);
  if (typeof setting === "string") return { type: setting, maxFrame: 64 * 1024 };
  const { type, max_frame: maxFrame, delimiter = "", length = 0, gap: gapMs } = setting;
  if (type === "delimiter") return { type, delimiter: parseDelimiter(delimiter), maxFrame };
  return type === "length" ? { type, length, gapMs } : { type, maxFrame };
}
