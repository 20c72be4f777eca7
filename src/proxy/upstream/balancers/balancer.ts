import type { Endpoint } from '../endpoint.js';

/** Chooses among endpoints that can all take requests. There is at least one. */
export interface Balancer {
  /** Attempts beyond the first, 0, want another endpoint than those before. */
  pick(hash: bigint | undefined, attempt: number): Endpoint;
}

/** What a balancer is made of. Weights are those of the endpoints, in the same order. */
export interface BalancerInput {
  readonly endpoints: readonly Endpoint[];
  readonly weights: readonly number[];
  readonly random: () => number;
}

export function areEqual(weights: readonly number[]): boolean {
  return weights.every((weight) => weight === weights[0]);
}
