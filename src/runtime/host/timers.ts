import type { Cancel } from '../../sdk/index.js';

/** Where waiting comes from: the real thing in a server, turned by hand in tests. */
export interface Timers {
  /** Runs `work` once after `millis`. Must not keep the process alive, and must not call `work` before it returns. */
  after(millis: number, work: () => void): Cancel;
}

// A longer delay makes Node fire at once.
const LONGEST = 2 ** 31 - 1;

/** Node's timers, none of which keeps the process alive. */
export const systemTimers: Timers = {
  after(millis, work) {
    const timer = setTimeout(work, Math.min(millis, LONGEST));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
