/** What the documentation says of a code. */
export interface CodeEntry {
  readonly title: string;
  readonly meaning: string;
  /** What to do. */
  readonly remedy: string;
}

/** Every code of a diagnostic. docs/reference/errors.md is made from it. */
export const CODES = {
  "missing-file": {
    title: "There is no such file",
    meaning: "The configuration, or a file that `include` names without a pattern, does not exist.",
    remedy:
      "Name the file with `-c FILE`, or correct the name. Relative names in `include` start from the file that has them.",
  },
  "unreadable-file": {
    title: "A file cannot be read",
    meaning: "The file is there, but the system does not let this user read it, or it is a folder.",
    remedy: "Change its owner or mode, or name another.",
  },
  "empty-file": {
    title: "The file is empty",
    meaning: "The file has no content, or comments alone.",
    remedy: "Begin with `version: 1`, an input and an output; the folder `configs/` has examples.",
  },
  "not-utf8": {
    title: "The file is not UTF-8",
    meaning: "The file's bytes are not text in the encoding UTF-8.",
    remedy: "Save it again with the encoding UTF-8.",
  },
  "too-large": {
    title: "The file is too large",
    meaning:
      "The file has more bytes or values, or is nested deeper, than a configuration can be. Aliases of aliases multiply.",
    remedy: "Use fewer aliases, or spread the configuration over files with `include`.",
  },
  "yaml-syntax": {
    title: "Not valid YAML",
    meaning: "The text is not valid YAML, for none of the usual reasons that have a code of their own.",
    remedy: "Look at the place named and just before it: a bracket, a quote or a comma too many or missing.",
  },
  "yaml-tab": {
    title: "A tab in the indentation",
    meaning: "YAML allows spaces alone at the beginning of a line.",
    remedy: "Replace the tabs by spaces; most editors do that with one command.",
  },
  "yaml-indentation": {
    title: "The indentation fits nothing",
    meaning: "Keys of one map begin in the same column, and keys within another key are indented deeper than it.",
    remedy: "Line the key up with its neighbours.",
  },
  "yaml-quote": {
    title: "Text that needs quotes",
    meaning:
      "In YAML `{` begins a map, `[` a list, `#` after a space a comment, `*` an alias, `: ` a value; `@`, `%` and a backquote begin nothing.",
    remedy: 'Put the text in quotes: `topics: ["bbq/{grill}", "smoker/#"]`.',
  },
  "yaml-unclosed": {
    title: "A bracket or quote is never closed",
    meaning: "A list, a map in braces or a quoted text begins and does not end.",
    remedy: "Add the closing character.",
  },
  "yaml-colon": {
    title: "A colon or the space after it is missing",
    meaning: "A key and its value are separated by a colon and a space.",
    remedy: "Write `key: value`.",
  },
  "yaml-key": {
    title: "A key that is no text",
    meaning: "A map or list stands where a key belongs, or the key is empty.",
    remedy: "Put the key in quotes.",
  },
  "yaml-duplicate-key": {
    title: "A key is set twice",
    meaning: "The same key stands twice in one map, and only one of them could count.",
    remedy: "Remove one of them, or give the second its own name.",
  },
  "yaml-documents": {
    title: "More than one document",
    meaning: "A line `---` or `...` begins a second YAML document in the file.",
    remedy: "Remove the line, or put the second part in a file of its own and `include` it.",
  },
  "yaml-tag": {
    title: "An unknown tag",
    meaning: "A value begins with `!` and a word, which YAML calls a tag. Fieldline has none.",
    remedy: "Use `${NAME}` for a variable, `${file:PATH}` for a secret, `include` for a file, or quotes for text.",
  },
  "yaml-alias": {
    title: "An alias or merge that leads nowhere",
    meaning:
      "An alias `*name` has no anchor `&name` above it, stands within its own anchor, or `<<` was given something that is no map.",
    remedy: "Define the anchor before its first use. Put text that begins with `*` in quotes.",
  },
  "variable-unset": {
    title: "A variable is not set",
    meaning: "The file uses `${NAME}`, the environment has no such variable, and no default is given.",
    remedy: "Set the variable, or write `${NAME:-default}`.",
  },
  "variable-file": {
    title: "A file of `${file:PATH}` cannot be read",
    meaning: "The file is missing, may not be read, or is too large to be a secret.",
    remedy: "Create it or correct the path, which starts from the configuration's folder.",
  },
  "variable-unterminated": {
    title: "`${` without `}`",
    meaning: "A reference to a variable has no closing brace.",
    remedy: "Close it, or write `$${` for a dollar and a brace.",
  },
  "variable-name": {
    title: "Not a variable's name",
    meaning: "What stands in `${...}` is neither a variable's name nor `file:PATH`.",
    remedy: "Names have letters, digits and underscores. Write `$$` for a dollar.",
  },
  "unknown-key": {
    title: "An unknown key",
    meaning: "The key is not one that this part of the file knows.",
    remedy: "Use the name that the message proposes, or look at `fieldline plugins describe NAME`.",
  },
  "missing-setting": {
    title: "A required setting is missing",
    meaning: "There is no default for it that could be right.",
    remedy: "Add it; `fieldline plugins describe NAME` shows examples.",
  },
  "wrong-type": {
    title: "A value of the wrong type",
    meaning: "A text, a list, a map or nothing stands where another of these was expected.",
    remedy: "Write it in the form that the message expects.",
  },
  "bad-text": {
    title: "Text of the wrong form",
    meaning: "The setting takes text of a certain form only.",
    remedy: "Write it in the form that the message expects.",
  },
  "bad-number": {
    title: "Not a number that fits",
    meaning: "The value is no number, or outside the range.",
    remedy: "Use a number in the range that the message names, without a unit.",
  },
  "bad-flag": {
    title: "Neither true nor false",
    meaning: "The setting is a switch.",
    remedy: "Write `true` or `false`.",
  },
  "bad-duration": {
    title: "Not a duration",
    meaning: "A duration is a number and a unit: `ms`, `s`, `m`, `h` or `d`.",
    remedy: "Write `250ms`, `5s`, `2m`, `1h` or `7d`.",
  },
  "bad-size": {
    title: "Not a size",
    meaning: "A size is a number and a unit: `B`, `KB`, `MB`, `GB` by thousands, `KiB`, `MiB`, `GiB` by 1,024.",
    remedy: "Write `64KiB`, `512MB` or `1GiB`.",
  },
  "bad-choice": {
    title: "Not one of the words",
    meaning: "The setting takes one of a few words.",
    remedy: "Use one of those that the message lists.",
  },
  "bad-id": {
    title: "An id with characters that it may not have",
    meaning:
      "Ids become file names, so they have letters, digits, `_`, `-` and `.`, begin with a letter or digit, and have at most 64 characters.",
    remedy: "Choose another id.",
  },
  "bad-address": {
    title: "An address that is not right",
    meaning: "A host, a port or another part of an address is missing, or is better written elsewhere.",
    remedy:
      "Write it in the form that the message expects; the live page's as `127.0.0.1:4680`, or `false` to turn it off.",
  },
  "bad-expression": {
    title: "An expression that is not valid",
    meaning: "`when` holds an expression in CEL that cannot be compiled.",
    remedy: 'Correct it at the place that the message names, as in `tags.room == "patio" && fields.temp > 100.0`.',
  },
  "duplicate-id": {
    title: "An id is used twice",
    meaning: "Two inputs, two outputs or two processors of one chain have the same id, perhaps in two files.",
    remedy: "Rename one of them.",
  },
  "unknown-id": {
    title: "No input has this id",
    meaning: "`from` names an input that does not exist.",
    remedy: "Use the id of an input of this configuration.",
  },
  "unknown-plugin": {
    title: "There is no such plugin",
    meaning: "`type` or `decode` names a plugin that neither comes with Fieldline nor from the list `plugins`.",
    remedy:
      "Use the name that the message proposes, or add the package or file to `plugins`. `fieldline plugins` lists all.",
  },
  "missing-plugin": {
    title: "A package or file of `plugins` is not there",
    meaning:
      "The list `plugins` names an npm package that is not installed beside the configuration, or a file that does not exist.",
    remedy: "Install the package with the command of the message, or correct the path.",
  },
  "plugin-failed": {
    title: "A plugin cannot be loaded",
    meaning: "The plugin's own code threw an error while it was loaded or checked its settings.",
    remedy: "The message has the plugin's error; tell its author, or reinstall it.",
  },
  "not-a-plugin": {
    title: "Not a plugin",
    meaning:
      "The module's default export is neither a plugin nor a list of plugins, or a part of the plugin is missing.",
    remedy: "Export what `defineInput`, `defineDecoder`, `defineProcessor` or `defineOutput` returned, as default.",
  },
  "plugin-clash": {
    title: "Two plugins have the same name",
    meaning: "A plugin of the list `plugins` has the kind and name of another one.",
    remedy: "Remove one of them from the list, or rename it.",
  },
  "conflicting-settings": {
    title: "Settings that do not go together",
    meaning: "Two settings, each right by itself, exclude or need one another.",
    remedy: "Remove or add the one that the message names.",
  },
  "bad-pin": {
    title: "A pin that cannot do this",
    meaning:
      "The board has no such pin, or the sensor needs an analog input, an interrupt or a digital pin, and this is none.",
    remedy: "Use a pin that the message names, and set `model` to the board that it is.",
  },
  "pin-taken": {
    title: "A pin is used twice",
    meaning: "Two sensors of a board are on one pin, and only one of them could be read there.",
    remedy: "Move one of them. Several DS18B20 may share a pin when each has its `rom`.",
  },
  "too-many-sensors": {
    title: "More sensors than the board has channels",
    meaning: "The board's memory holds so many sensors and no more.",
    remedy: "Leave some out, or use a board with more memory, or a second one.",
  },
  "claimed-twice": {
    title: "Two inputs want the same thing",
    meaning:
      "Two inputs use one port or file, which only one of them can open; or topics of one broker that overlap, so that their readings come twice.",
    remedy: "Let one input do it. `exclude` takes topics out of a wider pattern.",
  },
  "included-section": {
    title: "A section that an included file may not have",
    meaning: "`agent`, `journal` and `include` are the main file's alone.",
    remedy: "Move the section to the main file.",
  },
  "include-empty": {
    title: "A pattern of `include` matches nothing",
    meaning: "No file fits the pattern. That may be as it should be.",
    remedy: "Check the pattern, which starts from the configuration's folder.",
  },
  "no-outputs": {
    title: "There is no output",
    meaning: "Readings are kept in the journal and delivered nowhere.",
    remedy: "Add an output.",
  },
  "journal-in-memory": {
    title: "The journal is in memory",
    meaning:
      "With `durability: memory` readings that were acknowledged are lost when the agent ends or the power fails.",
    remedy: "Use `durability: disk`, unless that loss is meant.",
  },
  "needs-order": {
    title: "A step needs readings in their order",
    meaning:
      "With `backlog: newest_first` an output reads live data and the backlog side by side, and a step such as a window would see neither whole.",
    remedy: "Use `backlog: oldest_first`, or leave that step to another output.",
  },
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type Code = keyof typeof CODES;
