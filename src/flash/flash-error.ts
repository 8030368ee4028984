/** A board could not be flashed, or what is on it could not be read. */
export class FlashError extends Error {
  override readonly name: string = "FlashError";
}

/** No bootloader has answered. */
export class NoBootloader extends FlashError {
  override readonly name = "NoBootloader";
  /** How many bytes something else has sent meanwhile. */
  readonly heard: number;

  constructor(heard: number) {
    super("no bootloader answers");
    this.heard = heard;
  }
}
