import { type GrantRef, Grants } from './grants.js';
import { RollingCount } from './rolling-count.js';

/*
 * The numbers of mesh.md 1.12. Demand is predicted by what the last second asked for, and at least 10 are fetched at
 * once, so that a slow trickle does not make a call for each request.
 */
const windowMillis = 1000;
const windowSlots = 20;
const leastPrefetch = 10;
const closeWaitMillis = 500;
const provisionalMillis = 60_000;

/** What a prefetch got: how much, and for how long it is good. */
interface PrefetchResult {
  readonly granted: number;
  readonly validMillis: number;
}

/** An amount that shall be asked of the Mixer. */
export interface PrefetchWish {
  readonly amount: number;
  /**
   * Must be called exactly once when the call has ended. Undefined is a call that got no answer: it counts as granted,
   * because quotas fail open.
   */
  settle(result: PrefetchResult | undefined, now: number): void;
}

/** What one request gets. */
export interface PrefetchCheck {
  readonly passed: boolean;
  readonly wish: PrefetchWish | undefined;
}

/**
 * Holds amounts of one quota that were granted ahead of demand.
 *
 * While the Mixer grants all it is asked for, an amount is credited when it is asked for, so that no request waits for
 * it: what passes may exceed what is granted by the amount of one such call. When it grants less, nothing is credited any
 * more, and it is asked at most every half second.
 */
export class Prefetch {
  readonly #demand = new RollingCount(windowMillis, windowSlots);
  readonly #grants = new Grants();
  #isOpen = true;
  #inFlight = 0;
  #lastPrefetch = -Infinity;

  /** Counts a demand, and tells whether it may pass. */
  check(amount: number, now: number): PrefetchCheck {
    const wish = this.#wish(amount, now);
    this.#demand.add(amount, now);
    if (amount > 1 && this.#grants.available(now) < amount) return { passed: false, wish };
    return { passed: this.#grants.take(amount, now) === 0, wish };
  }

  #wish(amount: number, now: number): PrefetchWish | undefined {
    if (!this.#isOpen && (this.#inFlight > 0 || now - this.#lastPrefetch < closeWaitMillis)) return undefined;
    const available = this.#grants.available(now);
    const desired = Math.max(this.#demand.count(now), leastPrefetch);
    const isLow = available < desired / 2 && this.#inFlight === 0;
    if (!isLow && available >= amount) return undefined;
    const asked = Math.max(amount, desired);
    const credit = available === 0 && this.#isOpen ? this.#grants.add(asked, now + provisionalMillis) : undefined;
    this.#lastPrefetch = now;
    this.#inFlight++;
    return { amount: asked, settle: (result, at) => this.#settle({ asked, credit, result }, at) };
  }

  #settle({ asked, credit, result }: Outcome, now: number): void {
    this.#inFlight--;
    const { granted, validMillis } = result ?? { granted: asked, validMillis: provisionalMillis };
    const amount = Math.max(0, granted);
    const expiry = now + validMillis;
    if (credit === undefined) {
      if (amount > 0) this.#grants.add(amount, expiry);
    } else this.#grants.settle(credit, Math.max(0, asked - amount), { expiry, now });
    this.#isOpen = amount >= asked;
  }
}

interface Outcome {
  readonly asked: number;
  readonly credit: GrantRef | undefined;
  readonly result: PrefetchResult | undefined;
}
