import { withoutPasswords } from "./log.ts";

/** `paused`: somebody wants it so; `capped`: it has used up what it may. */
export type Condition = "ok" | "failing" | "starting" | "ended" | "paused" | "capped";

/** How one part of the agent is. */
export interface PartHealth {
  readonly part: string;
  readonly condition: Condition;
  /** A sentence: what is wrong and what to do. */
  readonly detail?: string | undefined;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** How many readings it has lost or left out since the start, by reason; left out while there are none. */
  readonly losses?: Readonly<Record<string, number>>;
}

/** How each part of the agent is, as the parts themselves report it. */
export class Health {
  readonly #parts = new Map<string, Omit<PartHealth, "losses">>();
  readonly #losses = new Map<string, Record<string, number>>();

  /** Says how a part is; `since` is kept while the condition stays. Returns whether the condition changed. */
  set(part: string, condition: Condition, detail?: string): boolean {
    const before = this.#parts.get(part);
    const changed = before?.condition !== condition;
    this.#parts.set(part, {
      part,
      condition,
      detail: detail === undefined ? undefined : withoutPasswords(detail),
      since: changed ? Date.now() : before.since,
    });
    return changed;
  }

  /** A part has lost or left out readings. It says nothing of its condition. */
  lost(part: string, reason: string, count: number): void {
    const losses = this.#losses.get(part) ?? {};
    this.#losses.set(part, { ...losses, [reason]: (losses[reason] ?? 0) + count });
  }

  /** Forgets a part that is no longer there. */
  remove(part: string): void {
    this.#parts.delete(part);
    this.#losses.delete(part);
  }

  get parts(): readonly PartHealth[] {
    return [...this.#parts.values()].map((each) => {
      const losses = this.#losses.get(each.part);
      return losses === undefined ? each : { ...each, losses };
    });
  }

  /** True when no part fails. */
  get healthy(): boolean {
    return [...this.#parts.values()].every(({ condition }) => condition !== "failing");
  }
}
