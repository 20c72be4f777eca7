import { areEqual } from './balancer.js';

/** Draws indexes, each with the chance that its weight gives it. */
export class WeightedDraw {
  readonly #random: () => number;
  readonly #size: number;
  /** Sums of the weights up to each; undefined when all weigh the same. */
  readonly #sums: Float64Array | undefined;

  constructor(weights: readonly number[], random: () => number) {
    this.#random = random;
    this.#size = weights.length;
    if (areEqual(weights)) return;
    let sum = 0;
    this.#sums = Float64Array.from(weights, (weight) => (sum += weight));
  }

  draw(): number {
    const sums = this.#sums;
    if (sums === undefined) return Math.floor(this.#random() * this.#size);
    const point = this.#random() * sums[sums.length - 1]!;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! > point) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
