import type { Scheduler } from '../env.js';

/** Waiting that can be cut short, all of it at once. */
export class Pauses {
  readonly #schedule: Scheduler;
  readonly #ends = new Set<() => void>();

  constructor(schedule: Scheduler) {
    this.#schedule = schedule;
  }

  wait(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#ends.delete(end);
        cancel();
        resolve();
      };
      const cancel = this.#schedule.after(millis, end);
      this.#ends.add(end);
    });
  }

  endAll(): void {
    for (const end of [...this.#ends]) end();
  }
}
