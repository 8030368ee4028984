import { afterEach } from "vitest";

/** Has each part that a test keeps removed after it, the last one first. */
export function removeAfterEach() {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const last of undo.splice(0).toReversed()) await last();
  });
  const after = (action: () => unknown) => void undo.push(action);
  const keep = <T extends { remove(): unknown }>(part: T): T => {
    after(() => part.remove());
    return part;
  };
  return { keep, after };
}
