import { describe, expect, it } from "vitest";
import { ofThisRun, SequenceLog } from "./sequence.ts";

function receive(log: SequenceLog, ...sequences: number[]): boolean[] {
  return sequences.map((sequence) => log.receive(sequence));
}

describe("the sequence of a board's readings", () => {
  it("acknowledges what is durable, up to what is not or is missing", () => {
    const log = new SequenceLog();
    receive(log, 5, 6, 7);
    expect(log.toAcknowledge()).toBeUndefined();
    log.stored(6);
    expect(log.toAcknowledge()).toBe(4);
    log.stored(5);
    expect(log.toAcknowledge()).toBe(6);
    log.acknowledged(6);
    expect(log.toAcknowledge()).toBeUndefined();
    receive(log, 9);
    log.stored(7);
    log.stored(9);
    expect(log.toAcknowledge()).toBe(7);
  });

  it("asks for what was passed over, takes it once, and gives it up in the end", () => {
    const log = new SequenceLog();
    receive(log, 1, 4);
    expect(log.firstMissing).toBe(2);
    log.asked(2);
    expect(receive(log, 2, 2, 4)).toEqual([true, false, false]);
    expect(log.firstMissing).toBe(3);
    log.asked(2);
    expect(log.takeLost()).toBe(0);
    log.asked(2);
    expect(log.takeLost()).toBe(1);
    expect(log.takeLost()).toBe(0);
    expect(log.firstMissing).toBeUndefined();
    log.stored(4);
    log.stored(1);
    log.stored(2);
    expect(log.toAcknowledge()).toBe(4);
  });

  it("goes on over its wrap", () => {
    const log = new SequenceLog();
    receive(log, 2 ** 32 - 2, 1);
    expect(log.firstMissing).toBe(2 ** 32 - 1);
    expect(receive(log, 2 ** 32 - 1, 0)).toEqual([true, true]);
    for (const sequence of [2 ** 32 - 2, 2 ** 32 - 1, 0, 1]) log.stored(sequence);
    expect(log.toAcknowledge()).toBe(1);
  });

  it("fetches what the board holds and is not stored", () => {
    const log = new SequenceLog([38, 39]);
    log.announced(42, 4);
    expect(log.firstMissing).toBe(40);
    expect(receive(log, 38, 39, 40, 41)).toEqual([false, false, true, true]);
    expect(log.firstMissing).toBeUndefined();
    log.stored(40);
    log.stored(41);
    expect(log.toAcknowledge()).toBe(41);
  });

  it("takes again what could not be kept", () => {
    const log = new SequenceLog();
    receive(log, 1, 2);
    log.stored(2);
    log.refused(1);
    expect(log.toAcknowledge()).toBe(0);
    expect(log.firstMissing).toBe(1);
    expect(receive(log, 1)).toEqual([true]);
  });

  it("gives up at once what cannot come any more", () => {
    const log = new SequenceLog();
    receive(log, 1, 4);
    log.giveUp();
    expect(log.takeLost()).toBe(2);
    expect(log.firstMissing).toBeUndefined();
  });

  it("is bounded, however far it jumps, and each loss is counted", () => {
    const log = new SequenceLog();
    receive(log, 0, 2_000_000_000);
    log.asked(0);
    expect(log.firstMissing).toBeUndefined();
    expect(log.takeLost()).toBe(1_999_999_999);
    receive(log, 2_000_001_000, 2_000_002_000);
    log.giveUp();
    expect(log.takeLost()).toBe(999 + 999);
  });

  it("counts what the board has said meanwhile and holds no more", () => {
    const log = new SequenceLog([38, 39]);
    log.announced(60, 4);
    expect(log.takeLost()).toBe(16);
    expect(log.firstMissing).toBe(56);
    receive(log, 56, 57);
    log.announced(70, 8);
    expect(log.takeLost()).toBe(2 + 2);
    expect(log.firstMissing).toBe(62);
  });

  it("is past where the board gives a number again, and then what came before that is another run's", () => {
    const log = new SequenceLog([5, 6, 7]);
    expect([6, 7, 8, 9].map((next) => log.isPast(next))).toEqual([true, true, false, false]);
    expect(ofThisRun([5, 6, 7, 1, 2], 4)).toEqual([1, 2]);
    expect(ofThisRun([5, 6, 7, 1, 2], 8)).toEqual([5, 6, 7, 1, 2]);
  });
});
