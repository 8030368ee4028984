import { expect, it } from "vitest";
import { JournalPulse } from "./journal-pulse.ts";

const MINUTE = 60_000;

it("a journal is stuck when what is appended is not written for long, and neither when it fails nor when nothing comes", () => {
  let failing = false;
  const stats = { syncs: 1, writtenBytes: 10, pendingReadings: 3 };
  const pulse = new JournalPulse(
    () => stats,
    () => failing,
  );
  expect(pulse.isStuck(0)).toBe(false);
  expect(pulse.isStuck(9 * MINUTE)).toBe(false);
  expect(pulse.isStuck(11 * MINUTE)).toBe(true);
  stats.writtenBytes += 1;
  expect(pulse.isStuck(12 * MINUTE)).toBe(false);
  failing = true;
  expect(pulse.isStuck(40 * MINUTE)).toBe(false);
  failing = false;
  expect(pulse.isStuck(49 * MINUTE)).toBe(false);
  expect(pulse.isStuck(51 * MINUTE)).toBe(true);
  stats.pendingReadings = 0;
  expect(pulse.isStuck(90 * MINUTE)).toBe(false);
});
