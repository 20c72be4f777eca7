/** Bounds how often something may happen: bursts of some size, and so many a second. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** A bucket of tokens that is full at first. */
export function createBucket({ burst, perSecond }: RateLimit, now: () => number) {
  let tokens = burst;
  let at = now();
  return {
    /** Takes one; answers how many milliseconds to wait before the next. */
    take(): number {
      const time = now();
      tokens = Math.min(burst, tokens + ((time - at) / 1000) * perSecond) - 1;
      at = time;
      return tokens >= 0 ? 0 : Math.ceil((-tokens / perSecond) * 1000);
    },
  };
}
