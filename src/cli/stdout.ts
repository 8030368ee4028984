/** Writes texts to stdout in order. When the reader of the pipe goes away, as `head` does, it calls `onGone`. */
export function writeOut(onGone: () => void): (text: string) => void {
  let gone = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    gone = true;
    if (error.code === "EPIPE") onGone();
  });
  return (text) => {
    if (!gone) process.stdout.write(text);
  };
}
