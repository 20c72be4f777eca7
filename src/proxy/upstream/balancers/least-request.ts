import type { Endpoint } from '../endpoint.js';
import type { Balancer, BalancerInput } from './balancer.js';
import { WeightedDraw } from './weighted-draw.js';

/** Of two that are drawn by weight, the one with fewer requests under way for its weight. */
export class LeastRequest implements Balancer {
  readonly #endpoints: readonly Endpoint[];
  readonly #weights: readonly number[];
  readonly #draw: WeightedDraw;

  constructor({ endpoints, weights, random }: BalancerInput) {
    this.#endpoints = endpoints;
    this.#weights = weights;
    this.#draw = new WeightedDraw(weights, random);
  }

  pick(): Endpoint {
    const one = this.#draw.draw();
    const other = this.#draw.draw();
    return this.#endpoints[this.#loadOf(other) < this.#loadOf(one) ? other : one]!;
  }

  #loadOf(index: number): number {
    return this.#endpoints[index]!.active / this.#weights[index]!;
  }
}
