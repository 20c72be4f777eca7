import { FakeClock } from 'fairlead/testing';
import type { ProxyEnv } from '../../../src/proxy/env.js';
import type { UpstreamEnv } from '../../../src/proxy/upstream/env.js';

/** Time of a proxy that a test turns by hand, and chance that always falls the same way. */
export class TestTime {
  readonly clock = new FakeClock();
  readonly #scheduler = this.clock.createScheduler();
  /** How long each timer is that was set and is still wanted. */
  readonly #waits = new Set<{ readonly millis: number }>();

  env(random: () => number = () => 0): Partial<ProxyEnv> {
    return {
      now: () => this.clock.now(),
      monotonic: () => this.clock.now(),
      after: (millis, work) => this.#after(millis, work),
      random,
    };
  }

  upstreamEnv(random: () => number = () => 0): Partial<UpstreamEnv> {
    return {
      clock: this.clock,
      schedule: {
        after: (millis, work) => this.#after(millis, work),
        every: (...job) => this.#scheduler.every(...job),
      },
      random,
    };
  }

  /** Lets things happen, while time stands still, until somebody waits so long. */
  async untilWaiting(millis: number): Promise<void> {
    await until(() => [...this.#waits].some((one) => one.millis === millis));
  }

  /** The same for some time between two. */
  async untilWaitingBetween(least: number, most: number): Promise<number> {
    const find = () => [...this.#waits].find(({ millis }) => millis >= least && millis <= most);
    await until(() => find() !== undefined);
    return find()!.millis;
  }

  #after(millis: number, work: () => void): () => void {
    const wait = { millis };
    this.#waits.add(wait);
    const cancel = this.#scheduler.after(millis, () => {
      this.#waits.delete(wait);
      work();
    });
    return () => {
      this.#waits.delete(wait);
      cancel();
    };
  }
}

/** Waits for what happens on real sockets. */
export async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it never came to be');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What a promise comes to, to look at while it is not there yet. */
export function settled<T>(promise: Promise<T>): { readonly value: T | undefined } {
  const holder: { value: T | undefined } = { value: undefined };
  void promise.then((value) => (holder.value = value));
  return holder;
}
