import type { Env } from 'fairlead/sdk';

/** Long work in pieces: it yields where others may have their turn. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** So many items of little work are a piece; a power of two. */
export const pieceSize = 1024;

// Requests that come meanwhile wait for no longer.
const turnMillis = 10;

/** Does the work without a break. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does the work in turns, between which others have theirs. Rejects when the handler closes meanwhile. */
export async function inTurns<T>(
  steps: Steps<T>,
  { clock, schedule, signal }: Pick<Env, 'clock' | 'schedule' | 'signal'>,
): Promise<T> {
  for (;;) {
    const start = clock.now();
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (Math.abs(clock.now() - start) < turnMillis);
    await new Promise<void>((resolve) => {
      schedule.now(resolve);
    });
    signal.throwIfAborted();
  }
}
