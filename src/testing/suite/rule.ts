import type { Rig } from './rig.js';

/** One MUST of docs/adapter-guide.md, and the test that proves it. */
export interface Rule {
  /** As in the guide: `A-07`. */
  readonly id: string;
  /** What a conforming adapter does, in the present tense. */
  readonly title: string;
  /** Left out when it cannot be tested with what the suite was given. */
  applies?(rig: Rig): boolean;
  run(rig: Rig): void | Promise<void>;
}
