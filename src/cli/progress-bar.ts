const WIDTH = 40;

/** Shows how far each step is on stderr: a bar on a terminal, a line for each step elsewhere. */
export function progressBar(names: Readonly<Record<string, string>>): (step: string, done: number, of: number) => void {
  const { stderr } = process;
  return (step, done, of) => {
    const name = names[step] ?? step;
    if (!stderr.isTTY) {
      if (done === of) stderr.write(`${name}: done\n`);
      return;
    }
    const filled = Math.round((done / of) * WIDTH);
    const bar = "#".repeat(filled).padEnd(WIDTH, ".");
    stderr.write(`\r${name.padEnd(10)} [${bar}] ${String(Math.floor((done / of) * 100)).padStart(3)} %`);
    if (done === of) stderr.write("\n");
  };
}
