import type { Cancel } from '../../src/sdk/index.js';
import type { Timers } from '../../src/runtime/host/timers.js';

interface Entry {
  readonly due: number;
  readonly work: () => void;
}

/** Time that stands still until a test moves it: a wall clock, a monotonic clock and timers in one. */
export class ManualTime implements Timers {
  /** Milliseconds since the epoch at the beginning; the monotonic clock starts at 0. */
  static readonly epoch = 1_600_000_000_000;
  elapsed = 0;
  readonly #entries = new Set<Entry>();

  /** Timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#entries.size;
  }

  readonly clock = { now: (): number => ManualTime.epoch + this.elapsed };

  readonly monotonic = (): number => this.elapsed;

  after(millis: number, work: () => void): Cancel {
    const entry = { due: this.elapsed + millis, work };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** Moves on, firing what falls due in order, and lets promises settle before, between and after. */
  async advance(millis: number): Promise<void> {
    await settle();
    const until = this.elapsed + millis;
    for (;;) {
      const next = [...this.#entries].sort((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > until) break;
      this.#entries.delete(next);
      this.elapsed = Math.max(this.elapsed, next.due);
      next.work();
      await settle();
    }
    this.elapsed = until;
    await settle();
  }
}

/** Lets everything run that only waits for promises. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
