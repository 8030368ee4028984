/** What a caught value says, as text; a plugin may throw anything, also what throws when it is looked at. */
export function reasonOf(error: unknown): string {
  try {
    const said: unknown = error instanceof Error ? error.message : error;
    return String(said);
  } catch {
    return "an error that cannot be shown";
  }
}
