import type { Answerer } from "../board/index.ts";

/** What is at a port, in a sentence. */
export function answererText(answerer: Answerer): string {
  if (answerer.kind === "text") return `another program, which says ${JSON.stringify(answerer.text)}`;
  if (answerer.kind === "noise") return "something that sends no text: another baud rate, or another program";
  if (answerer.kind === "silence") return "silence";
  const { id, firmware, board, channels } = answerer.banner;
  const name = id === undefined ? "a Fieldline board without an id yet" : `the Fieldline board ${id}`;
  return `${name}, firmware ${firmware}, ${board}, ${channels} channels`;
}
