import type { Stop, Timing } from '../../../kube/index.js';
import { BlockingQuery, type QueryOptions } from './blocking-query.js';

/** How services are asked about. */
export interface FollowOptions {
  readonly timing: Timing;
  /** How many are asked about at one moment: agents allow a client only so many connections. */
  readonly concurrency: number;
  /** How long the server may wait when there is room for all. */
  readonly waitMillis: number;
  /** How long when services have to take turns. */
  readonly shortWaitMillis: number;
  /** What to ask about a service, and whom to tell. */
  readonly query: (part: string, name: string) => QueryOptions;
}

interface Followed {
  readonly query: BlockingQuery;
  cancelRest: Stop;
  /** Is being asked without a bound in sight. */
  isPatient: boolean;
  isGone: boolean;
}

/** Asks about many services with few connections: all at once while there is room, in turns when there is not. */
export class FollowedServices {
  readonly #followed = new Map<string, Followed>();
  readonly #waiting: Followed[] = [];
  readonly #asking = new Set<Followed>();
  #isClosed = false;

  constructor(private readonly options: FollowOptions) {}

  /** Follows these services, given by what their hosts begin with, and no others; gives those that are gone. */
  set(names: ReadonlyMap<string, string>): readonly string[] {
    const gone = [...this.#followed.keys()].filter((part) => !names.has(part));
    for (const part of gone) this.#stop(part);
    for (const [part, name] of names) {
      if (this.#followed.has(part) || this.#isClosed) continue;
      const query = new BlockingQuery(this.options.query(part, name));
      const followed: Followed = { query, cancelRest: () => undefined, isPatient: false, isGone: false };
      this.#followed.set(part, followed);
      this.#waiting.push(followed);
    }
    this.#pump();
    return gone;
  }

  close(): void {
    this.#isClosed = true;
    for (const part of [...this.#followed.keys()]) this.#stop(part);
  }

  #stop(part: string): void {
    const followed = this.#followed.get(part);
    if (followed === undefined) return;
    this.#followed.delete(part);
    followed.isGone = true;
    followed.cancelRest();
    followed.query.interrupt();
  }

  #pump(): void {
    while (this.#asking.size < this.options.concurrency) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.isGone) void this.#ask(next);
    }
    if (this.#waiting.length === 0) return;
    // What was asked when there was room for all makes room, one after the other.
    for (const followed of this.#asking) {
      if (!followed.isPatient) continue;
      followed.isPatient = false;
      followed.query.interrupt();
      return;
    }
  }

  async #ask(followed: Followed): Promise<void> {
    const { concurrency, waitMillis, shortWaitMillis, timing } = this.options;
    this.#asking.add(followed);
    followed.isPatient = this.#followed.size <= concurrency;
    const millis = await followed.query.ask(followed.isPatient ? waitMillis : shortWaitMillis);
    followed.isPatient = false;
    this.#asking.delete(followed);
    if (!followed.isGone) {
      followed.cancelRest = timing.after(millis, () => {
        this.#waiting.push(followed);
        this.#pump();
      });
    }
    this.#pump();
  }
}
