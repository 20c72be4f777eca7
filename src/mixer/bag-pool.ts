import { Bag, type Vocabulary } from '../attributes/index.js';

// Idle bags keep the bytes of their last request alive, so there must not be many of them.
const maxIdle = 16;

/** Bags that wait to be used again, all of the newest vocabulary that was asked for. */
export class BagPool {
  #vocabulary: Vocabulary | undefined;
  #idle: Bag[] = [];

  /** A free bag of this vocabulary. */
  take(vocabulary: Vocabulary): Bag {
    if (vocabulary !== this.#vocabulary) {
      this.#vocabulary = vocabulary;
      this.#idle = [];
    }
    return this.#idle.pop() ?? new Bag(vocabulary);
  }

  /** Gives a bag back that nobody reads any more. */
  give(bag: Bag): void {
    if (bag.vocabulary === this.#vocabulary && this.#idle.length < maxIdle) this.#idle.push(bag);
  }
}
