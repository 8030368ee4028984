import type { Arrival } from "../model/index.ts";
import type { Emit, EmitOptions } from "./contract.ts";

/**
 * Emits without waiting for each call, so that readings are synced in groups, and says when too much is not yet
 * durable: then the source is to be held back until there is room.
 */
export class EmitWindow {
  readonly #emit: Emit;
  readonly #maxBytes: number;
  readonly #pending = new Set<Promise<void>>();
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  /** @param maxBytes payload bytes that may be on their way into the journal at once */
  constructor(emit: Emit, maxBytes: number) {
    this.#emit = emit;
    this.#maxBytes = maxBytes;
  }

  /** True when no more is to be sent before `room`. */
  get full(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  /** Emits; a sender that can wait and fills the window is waiting, so its readings are synced at once. */
  send(arrivals: readonly Arrival[], options: EmitOptions = {}): void {
    if (arrivals.length === 0) return;
    const bytes = arrivals.reduce((sum, { payload }) => sum + payload.length, 0);
    this.#bytes += bytes;
    const senderWaits = options.senderWaits === true || (this.full && options.canWait !== false);
    const sent = this.#emit(arrivals, { ...options, senderWaits })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#bytes -= bytes;
        this.#pending.delete(sent);
        if (this.full) return;
        this.#room?.resolve();
        this.#room = undefined;
      });
    this.#pending.add(sent);
  }

  /** Resolves when the window is not full. @throws what `emit` threw, as it does when the input is being stopped */
  async room(): Promise<void> {
    while (this.full) {
      this.#room ??= Promise.withResolvers<void>();
      await this.#room.promise;
    }
    this.#check();
  }

  /**
   * Has what was sent synced at once; resolves when all of it is durable, or the stop of the input has refused it.
   * @throws what else `emit` threw
   */
  async settled(signal: AbortSignal): Promise<void> {
    if (this.#pending.size > 0) await this.#emit([], { senderWaits: true }).catch(() => undefined);
    await Promise.all(this.#pending);
    if (!signal.aborted) this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
