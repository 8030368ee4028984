const FIELD = Buffer.from("seq=");
const [ZERO, NINE] = [48, 57];

/** Which numbers of the load have come, as the field `seq` of line protocol. */
export class SeenNumbers {
  #seen = new Uint8Array(1 << 20);
  #count = 0;

  /** How many different ones. */
  get count(): number {
    return this.#count;
  }

  take(lines: Buffer): void {
    for (let at = lines.indexOf(FIELD); at !== -1; at = lines.indexOf(FIELD, at)) {
      at += FIELD.length;
      let number = 0;
      for (let digit = lines[at] ?? 0; digit >= ZERO && digit <= NINE; digit = lines[++at] ?? 0)
        number = number * 10 + digit - ZERO;
      this.#add(number);
    }
  }

  #add(number: number): void {
    while (number >= this.#seen.length) {
      const larger = new Uint8Array(this.#seen.length * 2);
      larger.set(this.#seen);
      this.#seen = larger;
    }
    if (this.#seen[number] === 1) return;
    this.#seen[number] = 1;
    this.#count += 1;
  }
}
