import type { Pattern } from "./pattern.ts";
import type { MqttSettings } from "./settings.ts";
import type { Wanted } from "./subscribe.ts";

const RETAIN_HANDLING = { always: 0, new: 1, never: 2 } as const;

/**
 * The subscriptions that the configuration asks for, each once.
 * @param observing beside a running agent: QoS 0, and nothing of what `$share` groups share out
 */
export function wantedSubscriptions(
  settings: MqttSettings,
  patterns: readonly Pattern[],
  observing: boolean,
): readonly Wanted[] {
  const filters = new Set(patterns.map(({ filter, subscription }) => (observing ? filter : subscription)));
  const qos = observing ? 0 : (Number(settings.qos) as 0 | 1 | 2);
  return [...filters].map((filter) => ({ filter, qos, retainHandling: RETAIN_HANDLING[settings.retained] }));
}
