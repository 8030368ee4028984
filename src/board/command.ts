import { checksumText } from "./checksum.ts";

/** With its line feed. */
export const LONGEST_COMMAND = 192;

/** A command as it goes over the wire: `!WORDS*CRC` and a line feed. @throws RangeError when it is too long */
export function commandText(words: string): string {
  const text = `!${words}`;
  const command = `${text}*${checksumText(Buffer.from(text))}\n`;
  const length = Buffer.byteLength(command);
  if (length > LONGEST_COMMAND)
    throw new RangeError(`a board takes commands of ${LONGEST_COMMAND - 1} bytes, this has ${length - 1}: ${words}`);
  return command;
}
