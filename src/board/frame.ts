import type { Banner } from "./banner.ts";

/** A closed group: a reading. */
export interface Group {
  readonly kind: "group";
  /** The line of line protocol, without its line feed. */
  readonly line: Buffer;
  readonly sequence: number;
  /** The board's clock when it was taken, in milliseconds since its reset; undefined for a held reading. */
  readonly clock?: number;
  /** How many milliseconds before this line a held reading was taken. */
  readonly age?: number;
  /** Its length on the line, in bytes. */
  readonly length: number;
}

/** A channel that was due and has no value. */
export interface Failure {
  readonly kind: "failure";
  readonly channel: number;
  readonly reason: string;
}

/** What answers a command; a banner may also come unasked, after a reset. */
export interface Answer {
  readonly kind: "answer";
  /** Without `#!` and the checksum: `ok channel`, `error keep number`, `kinds ntc lm35`. */
  readonly text: string;
}

export interface BannerFrame {
  readonly kind: "banner";
  readonly banner: Banner;
}

/** Bytes whose checksum is wrong or missing. */
export interface Damage {
  readonly kind: "damaged";
  readonly bytes: number;
}

/** What a board says. */
export type Frame = Group | Failure | Answer | BannerFrame | Damage;
