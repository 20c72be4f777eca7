import type { ClientTime } from '../../client/index.js';
import type { ProxyEnv } from '../env.js';

/** The proxy's time as its Mixer client sees it. */
export function clientTime(env: ProxyEnv): ClientTime {
  return {
    wall: () => env.now(),
    monotonic: () => env.monotonic(),
    after: (millis, work) => env.after(millis, work),
    every: (millis, work) => {
      let stop = env.after(millis, again);
      function again(): void {
        stop = env.after(millis, again);
        work();
      }
      return () => stop();
    },
  };
}
