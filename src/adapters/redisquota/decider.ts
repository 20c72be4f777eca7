import type { Scheduler } from 'fairlead/sdk';
import { type Ask, Lane } from './lane.js';
import type { Link } from './link.js';
import type { Outcome } from './outcome.js';

type Options = {
  readonly link: Link;
  readonly schedule: Scheduler;
  readonly timeoutMillis: number;
  /** Whether all requests may share calls. On a cluster only those for one count: a call's keys must be in one slot. */
  readonly shares: boolean;
  /** Counts a call. */
  readonly onCall: () => void;
};

/** Sends requests to Redis, in one {@link Lane} or in one for each count, and answers each within the timeout. */
export class Decider {
  readonly #options: Options;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: Options) {
    this.#options = options;
    options.link.onChange = () => {
      for (const lane of this.#lanes.values()) lane.flush();
    };
  }

  decide(ask: Ask): Promise<Outcome> {
    const { link, shares } = this.#options;
    if (link.state === 'DOWN') return Promise.resolve({ reason: 'unreachable', message: link.lastError });
    const name = shares ? '' : ask.keys[0]!;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane({ ...this.#options, onIdle: () => this.#lanes.delete(name) });
      this.#lanes.set(name, lane);
    }
    return lane.decide(ask);
  }

  /** Answers all that wait. */
  close(): void {
    for (const lane of this.#lanes.values()) lane.close();
  }
}
