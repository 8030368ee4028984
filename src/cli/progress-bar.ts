const WIDTH = 40;

export interface ProgressBar {
  readonly show: (step: string, done: number, of: number) => void;
  /** What comes next stands on a line of its own, wherever the bar has stopped. */
  readonly end: () => void;
}

/** Shows how far each step is on stderr: a bar on a terminal, a line for each step elsewhere. */
export function progressBar(names: Readonly<Record<string, string>>): ProgressBar {
  const { stderr } = process;
  let isWithinLine = false;
  const end = () => {
    if (isWithinLine) stderr.write("\n");
    isWithinLine = false;
  };
  const show = (step: string, done: number, of: number) => {
    const name = names[step] ?? step;
    if (!stderr.isTTY) {
      if (done === of) stderr.write(`${name}: done\n`);
      return;
    }
    const filled = Math.round((done / of) * WIDTH);
    const bar = "#".repeat(filled).padEnd(WIDTH, ".");
    stderr.write(`\r${name.padEnd(10)} [${bar}] ${String(Math.floor((done / of) * 100)).padStart(3)} %`);
    isWithinLine = true;
    if (done === of) end();
  };
  return { show, end };
}
