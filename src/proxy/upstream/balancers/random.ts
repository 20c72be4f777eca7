import type { Endpoint } from '../endpoint.js';
import type { Balancer, BalancerInput } from './balancer.js';
import { WeightedDraw } from './weighted-draw.js';

/** Any, by weight. */
export class Random implements Balancer {
  readonly #endpoints: readonly Endpoint[];
  readonly #draw: WeightedDraw;

  constructor({ endpoints, weights, random }: BalancerInput) {
    this.#endpoints = endpoints;
    this.#draw = new WeightedDraw(weights, random);
  }

  pick(): Endpoint {
    return this.#endpoints[this.#draw.draw()]!;
  }
}
