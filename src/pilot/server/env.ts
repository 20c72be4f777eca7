import type { Timing } from '../../kube/index.js';
import type { XdsEnv } from '../xds/env.js';

/** What Pilot uses of the outside world: tests lend their own. */
export interface PilotEnv extends XdsEnv, Timing {}

/** The real clock and timers, with a log. */
export function systemPilotEnv(log: PilotEnv['log']): PilotEnv {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after(millis, work) {
      const timer = setTimeout(work, millis);
      return () => clearTimeout(timer);
    },
    log,
  };
}
