import { asError } from "./files.ts";
import type { Room } from "./retention.ts";

/** What those may hold in memory who wait although they cannot be held back: for a removal under way, briefly. */
const MOST_HASTY_BYTES = 128 * 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  readonly canWait: boolean;
  readonly admit: () => void;
  readonly refuse: () => void;
  readonly fail: (error: Error) => void;
}

/** Appends that wait for room, first come first served. */
export class RoomQueue {
  readonly #roomFor: (bytes: number) => Room;
  #waiting: Waiting[] = [];

  /** @param roomFor whether so many bytes may be appended now */
  constructor(roomFor: (bytes: number) => Room) {
    this.#roomFor = roomFor;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** True when so many bytes may be appended now and nobody waits before them. */
  isFree(bytes: number): boolean {
    return this.#waiting.length === 0 && this.#roomFor(bytes) === "now";
  }

  /**
   * Calls `append` once there is room and returns what it returns.
   * @param canWait when false, only for room that is being made already
   * @returns false when it cannot wait and there is no room
   * @throws the signal's reason when that is aborted before there is room
   */
  enter(bytes: number, canWait: boolean, append: () => Promise<true>, signal?: AbortSignal): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const leave = () => signal?.removeEventListener("abort", abort);
    const fail = (error: Error) => {
      leave();
      reject(error);
    };
    const waiting: Waiting = {
      bytes,
      canWait,
      admit: () => {
        leave();
        resolve(append());
      },
      refuse: () => {
        leave();
        resolve(false);
      },
      fail,
    };
    const abort = () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiting);
      fail(asError(signal?.reason));
      this.retry();
    };
    signal?.addEventListener("abort", abort);
    this.#waiting.push(waiting);
    this.retry();
    return promise;
  }

  /** There may be room now. */
  retry(): void {
    for (let head = this.#waiting[0]; head !== undefined; head = this.#waiting[0]) {
      const room = this.#roomFor(head.bytes);
      if (room !== "now") {
        this.#refuse(room);
        if (this.#waiting[0] === head) return;
      } else {
        this.#waiting.shift();
        head.admit();
      }
    }
  }

  /** Rejects all that wait. */
  close(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.fail(error);
  }

  /** Those who cannot wait leave when there will be no room, or when they hold too much. */
  #refuse(room: Room): void {
    let held = 0;
    const stays = (each: Waiting) => {
      if (each.canWait) return true;
      held += each.bytes;
      return room === "soon" && held <= MOST_HASTY_BYTES;
    };
    const [kept, refused] = [[] as Waiting[], [] as Waiting[]];
    for (const each of this.#waiting) (stays(each) ? kept : refused).push(each);
    this.#waiting = kept;
    for (const each of refused) each.refuse();
  }
}
