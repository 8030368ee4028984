/** The lines that work tells while it goes on, in order; it ends with the work. @throws what the work throws */
export async function* pushed<Line>(work: (push: (line: Line) => void) => Promise<void>): AsyncGenerator<Line> {
  const lines: Line[] = [];
  let wake = () => {};
  const working = work((line) => {
    lines.push(line);
    wake();
  });
  const over = working.then(
    () => true,
    () => true,
  );
  for (let last = false; !last;) {
    const more = new Promise<boolean>((resolve) => (wake = () => resolve(false)));
    if (lines.length === 0) last = await Promise.race([more, over]);
    yield* lines.splice(0);
  }
  await working;
}
