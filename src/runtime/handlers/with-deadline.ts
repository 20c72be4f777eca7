import type { Timers } from '../host/timers.js';

/**
 * Waits for a value for at most `millis`, then rejects with "`what` took longer than ... ms". A value that is there
 * already passes without a timer. The work itself goes on: `onLate` gets what it gives in the end.
 */
export async function withDeadline<T>(
  value: T | PromiseLike<T>,
  options: {
    readonly timers: Timers;
    readonly millis: number;
    readonly what: string;
    readonly onLate?: (value: T) => void;
  },
): Promise<T> {
  if (!isThenable(value)) return value;
  const { timers, millis, what, onLate } = options;
  return new Promise<T>((resolve, reject) => {
    let late = false;
    const cancel = timers.after(millis, () => {
      late = true;
      reject(new Error(`${what} took longer than ${millis} ms`));
    });
    Promise.resolve(value).then(
      (settled) => {
        cancel();
        if (late) onLate?.(settled);
        else resolve(settled);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function'
  );
}
