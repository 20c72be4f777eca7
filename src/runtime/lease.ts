import type { Vocabulary } from '../attributes/index.js';
import type { CheckDecision } from './decision.js';
import type { CheckRequest, Dispatcher } from './dispatch/dispatcher.js';
import type { Reporter } from './dispatch/reporter.js';
import type { RequestBag } from './dispatch/request-bag.js';
import type { LiveSnapshot } from './snapshot/live-snapshot.js';

/** A request's hold on the snapshot that it started with. Must be released once the request is answered. */
export interface Lease {
  /** What the request's bag must be made from. */
  readonly vocabulary: Vocabulary;
  /** Decides a Check. Throws or rejects with MixerError PREPROCESS_FAILED or DISPATCH_FAILED. */
  check(bag: RequestBag, request: CheckRequest): CheckDecision | Promise<CheckDecision>;
  /** Collects and delivers one Report. */
  reporter(): Reporter;
  /** Twice does no harm. */
  release(): void;
}

/** The lease that a runtime gives out. */
export class SnapshotLease implements Lease {
  readonly vocabulary: Vocabulary;
  readonly #live: LiveSnapshot<Dispatcher>;
  #released = false;

  constructor(live: LiveSnapshot<Dispatcher>) {
    this.vocabulary = live.snapshot.vocabulary;
    this.#live = live;
    live.enter();
  }

  check(bag: RequestBag, request: CheckRequest): CheckDecision | Promise<CheckDecision> {
    return this.#live.dispatcher.check(bag, request);
  }

  reporter(): Reporter {
    return this.#live.dispatcher.reporter();
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#live.leave();
  }
}
