/**
 * Writes texts to stdout in order. When the reader of the pipe goes away, as `head` does, it calls `onGone`; when stdout
 * takes no more for another reason, such as a full disk, it says so as well and the command ends with status 2.
 */
export function writeOut(onGone: () => void): (text: string) => void {
  let gone = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (gone) return;
    gone = true;
    if (error.code !== "EPIPE") {
      process.stderr.write(`fieldline: stdout cannot be written: ${error.message}\n`);
      process.exitCode = 2;
    }
    onGone();
  });
  return (text) => {
    if (!gone) process.stdout.write(text);
  };
}
