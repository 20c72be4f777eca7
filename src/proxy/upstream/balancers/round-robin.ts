import type { Endpoint } from '../endpoint.js';
import type { Balancer, BalancerInput } from './balancer.js';
import { Rotation } from './rotation.js';

/** Each in turn, by weight. */
export class RoundRobin implements Balancer {
  readonly #endpoints: readonly Endpoint[];
  readonly #rotation: Rotation;

  constructor({ endpoints, weights, random }: BalancerInput) {
    this.#endpoints = endpoints;
    this.#rotation = new Rotation(weights, random);
  }

  pick(): Endpoint {
    return this.#endpoints[this.#rotation.next()]!;
  }
}
