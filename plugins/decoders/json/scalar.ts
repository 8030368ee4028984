/** A number with more digits than a double keeps, as it stood in the payload. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Scalar = string | number | boolean | NumberText;

/** A scalar as the text of a tag, a time or a field of text. */
export function textOf(value: Scalar): string {
  return value instanceof NumberText ? value.text : String(value);
}
