/** Time as the client sees it, lent by whoever makes it, so that tests turn it by hand. */
export interface ClientTime {
  /** Milliseconds since the Unix epoch: what requests are stamped with. */
  wall(): number;
  /** Milliseconds of a clock that never jumps: what validity and rates go by. */
  monotonic(): number;
  /** Runs `work` once after `millis`, never before it returns; the result stops it. */
  after(millis: number, work: () => void): () => void;
  /** Runs `work` again and again without keeping the process alive; the result stops it. */
  every(millis: number, work: () => void): () => void;
}

/** The real time. */
export const systemTime: ClientTime = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after: (millis, work) => {
    const timer = setTimeout(work, millis);
    return () => {
      clearTimeout(timer);
    };
  },
  every: (millis, work) => {
    const timer = setInterval(work, millis);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};
