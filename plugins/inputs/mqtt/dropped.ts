/**
 * Follows the broker's count of dropped messages, which begins anew when the broker does.
 * @param add takes how many were dropped since the last count; those before the first are not ours to tell
 */
export function droppedCount(add: (messages: number) => void): (payload: Buffer) => void {
  let last: number | undefined;
  return (payload) => {
    const text = payload.toString("latin1");
    if (!/^\d{1,15}$/.test(text)) return;
    const count = Number(text);
    if (last !== undefined && count !== last) add(count > last ? count - last : count);
    last = count;
  };
}
