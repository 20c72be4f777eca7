import type { Clock } from 'fairlead/sdk';

interface Denial {
  /** Asking for this much, or more, is in vain. */
  readonly amount: number;
  readonly since: number;
  readonly until: number;
}

const mostDenials = 20_000;
const mostGrants = 50_000;

/**
 * Denials that Redis gave and that still hold, so that a caller who has used everything up costs Redis nothing. Only
 * what Redis said is used: how long the amount will be denied at least, counted from before it was asked.
 */
export class Denials {
  readonly #clock: Clock;
  readonly #denials = new Map<string, Denial>();
  /** Ids that were granted something, in two generations: asked again, Redis has to repeat its answer. */
  #granted = new Set<string>();
  #grantedBefore = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether Redis would deny this amount. With `bestEffort` the amount is 1: anything will do. */
  covers(key: string, amount: number, answerKey: string | undefined): boolean {
    const denial = this.#denials.get(key);
    if (denial === undefined) return false;
    const now = this.#clock.now();
    // A clock that was set back says nothing about how long ago the denial was.
    if (now >= denial.until || now < denial.since) {
      this.#denials.delete(key);
      return false;
    }
    if (amount < denial.amount) return false;
    return answerKey === undefined || !(this.#granted.has(answerKey) || this.#grantedBefore.has(answerKey));
  }

  /** Notes a denial that holds for so many microseconds from `since`. */
  add(key: string, amount: number, { since, micros }: { readonly since: number; readonly micros: number }): void {
    this.#denials.delete(key);
    if (micros <= 0) return;
    this.#denials.set(key, { amount, since, until: since + micros / 1000 });
    if (this.#denials.size > mostDenials) this.#denials.delete(this.#denials.keys().next().value!);
  }

  /** Notes that Redis remembers a grant under this key. */
  addGrant(answerKey: string): void {
    this.#granted.add(answerKey);
    if (this.#granted.size < mostGrants) return;
    this.#grantedBefore = this.#granted;
    this.#granted = new Set();
  }
}
