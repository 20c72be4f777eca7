import type { Timers } from './timers.js';

/** Something that waits in a {@link DeadlineQueue}. The links belong to the queue. */
export interface Waiting {
  due: number;
  /** Whether it is in the queue. */
  waits: boolean;
  previous: Waiting | undefined;
  next: Waiting | undefined;
  /** Called once, at the deadline; not when it was removed before. */
  expire(): void;
}

/**
 * Deadlines that all lie equally far ahead, so that first come is first due: one list, one timer, whatever the number
 * of calls that wait.
 */
export class DeadlineQueue {
  readonly #timers: Timers;
  readonly #monotonic: () => number;
  readonly #timeoutMs: number;
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #armed = false;

  constructor(options: { readonly timers: Timers; readonly monotonic: () => number; readonly timeoutMs: number }) {
    this.#timers = options.timers;
    this.#monotonic = options.monotonic;
    this.#timeoutMs = options.timeoutMs;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Adds an entry whose time runs from `start`, which must not lie before that of the entry added last. */
  add(entry: Waiting, start: number): void {
    entry.due = start + this.#timeoutMs;
    entry.waits = true;
    entry.previous = this.#last;
    entry.next = undefined;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.#arm();
  }

  /** Takes an entry out. False when it is out already, because it expired or was removed. */
  remove(entry: Waiting): boolean {
    if (!entry.waits) return false;
    entry.waits = false;
    if (entry.previous === undefined) this.#first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) this.#last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.previous = undefined;
    entry.next = undefined;
    return true;
  }

  // The timer is not taken back when the queue runs empty: it fires once more at most, and that is cheaper.
  #arm(): void {
    if (this.#armed || this.#first === undefined) return;
    this.#armed = true;
    this.#timers.after(Math.max(1, Math.ceil(this.#first.due - this.#monotonic())), () => {
      this.#armed = false;
      this.#expire();
      this.#arm();
    });
  }

  #expire(): void {
    const now = this.#monotonic();
    for (let entry = this.#first; entry !== undefined && entry.due <= now; entry = this.#first) {
      this.remove(entry);
      entry.expire();
    }
  }
}
