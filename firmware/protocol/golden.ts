import { readFileSync } from "node:fs";

type GoldenFile = "groups" | "banners" | "failures" | "commands" | "answers" | "damaged";

/** One example of the wire: its title, what is on the wire, and what it means, by the keys of its file. */
interface GoldenFrame {
  readonly title: string;
  readonly bytes: Buffer;
  readonly values: Readonly<Record<string, string>>;
}

/** The examples of one file of this folder, whose README says how it is written. */
export function goldenFrames(file: GoldenFile): readonly GoldenFrame[] {
  const lines = readFileSync(new URL(`${file}.txt`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => !line.startsWith("#"));
  const blocks = lines.join("\n").trim().split("\n\n");
  return blocks.map(frameOf);
}

function frameOf(block: string): GoldenFrame {
  const [title = "", ...lines] = block.split("\n");
  const pairs = lines.map((line) => {
    const [key = "", ...rest] = line.split(":");
    return [key, bytesOf(rest.join(":").trim())] as const;
  });
  const values = Object.fromEntries(pairs.map(([key, bytes]) => [key, bytes.toString("utf8")]));
  const bytes = pairs.find(([key]) => key === "bytes")?.[1] ?? Buffer.alloc(0);
  return { title: title.slice(1, -1), bytes, values };
}

/** The bytes that a value stands for. */
function bytesOf(value: string): Buffer {
  const named: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, "\\": 0x5c };
  const characters = value.match(/\\x[0-9A-F]{2}|\\.|[^\\]/g) ?? [];
  return Buffer.from(
    characters.map((character) => {
      if (character.startsWith("\\x")) return Number.parseInt(character.slice(2), 16);
      return character.startsWith("\\") ? (named[character.slice(1)] ?? 0) : character.charCodeAt(0);
    }),
  );
}
