import mqtt from "../../plugins/inputs/mqtt/index.ts";
import { group, type InputContext, type Reading, type SettingsOf, validate } from "../../src/plugin/index.ts";
import { type InputRun, runInput } from "./input-run.ts";
import { until } from "./program.ts";

type MqttSettings = SettingsOf<typeof mqtt.settings>;

/** What a data directory would keep for an input between its runs. */
export interface KeptMemory {
  value?: unknown;
}

export interface MqttRunOptions {
  readonly memory?: KeptMemory;
  readonly observing?: boolean;
  readonly recent?: readonly Reading[];
  /** What emit waits for before it resolves. */
  readonly sync?: () => Promise<void>;
}

/** A running mqtt input. */
export interface MqttRun extends InputRun {
  /** Waits until it has said `times` times that it is connected and subscribed. */
  readonly up: (times?: number) => Promise<void>;
  /** Waits until it has said that it is not, and why; returns the sentence. */
  readonly down: () => Promise<string>;
}

/** Reads settings written as in the file. @throws Error with all problems */
export function mqttSettings(written: Record<string, unknown>): MqttSettings {
  const result = validate(group(mqtt.settings, "mqtt"), written);
  if (result.problems !== undefined) throw new Error(JSON.stringify(result.problems));
  const errors = (mqtt.check?.(result.value) ?? []).filter(({ severity }) => severity !== "warning");
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return result.value;
}

/** Runs an mqtt input with settings written as in the file: all scalars are text. */
export function startMqtt(written: Record<string, unknown>, options: MqttRunOptions = {}): MqttRun {
  const kept = options.memory ?? {};
  const create = (context: InputContext) =>
    mqtt.create(mqttSettings(written), {
      ...context,
      observing: options.observing ?? false,
      recent: () => options.recent ?? [],
      memory: {
        load: () => Promise.resolve(structuredClone(kept.value)),
        save: (value) => Promise.resolve(void (kept.value = structuredClone(value))),
      },
    });
  const run = runInput(create, options.sync);
  const reported = (state: string) => run.reports.filter((report) => report.startsWith(state));
  return {
    ...run,
    up: (times = 1) => until("a connection to the broker", () => reported("up").length >= times),
    down: async () => {
      await until("a lost connection", () => reported("down").length > 0);
      return reported("down")[0] ?? "";
    },
  };
}
