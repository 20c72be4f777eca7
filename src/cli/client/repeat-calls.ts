import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how fast `check` and `report` call (mixer-core.md 6.13). */
export interface Repetition {
  /** Calls in all. */
  readonly repeat: number;
  /** Calls at once. */
  readonly concurrency: number;
  /** Calls a second over all of them; zero or less means as fast as answers come. */
  readonly rate: number;
}

/** Runs `call` for 0 to repeat - 1. The first call that rejects stops the rest and rejects the whole. */
export async function repeatCalls(how: Repetition, call: (iteration: number) => Promise<void>): Promise<void> {
  const start = performance.now();
  let next = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < how.repeat && !failed) {
      const iteration = next++;
      if (how.rate > 0) await sleep(Math.max(0, start + (iteration * 1000) / how.rate - performance.now()));
      try {
        await call(iteration);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(how.concurrency, how.repeat) }, work));
}
