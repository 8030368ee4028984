import type { Plan } from "../config/index.ts";

/** Says so when the configuration has no such input; its readings may be in the journal all the same. */
export async function checkInput({ inputs }: Plan, input: string, found: boolean): Promise<void> {
  const ids = inputs.map(({ id }) => id);
  if (found || ids.includes(input)) return;
  const { suggestion } = await import("../config/index.ts");
  process.stderr.write(
    `fieldline: neither the journal nor the configuration has an input ${input}${suggestion(input, ids)}\n`,
  );
  process.exitCode = 1;
}
