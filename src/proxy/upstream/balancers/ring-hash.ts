import xxhash from 'xxhash-wasm';
import type { Endpoint } from '../endpoint.js';
import type { Balancer, BalancerInput } from './balancer.js';

// As Envoy's.
const defaultRingSize = 1024;
const largestRing = 8 * 1024 * 1024;

const hashing = await xxhash();

/**
 * The same endpoint for the same hash, and for most hashes still when others come or go. Each has points on a ring, more
 * with more weight; a hash belongs to the next point.
 */
export class RingHash implements Balancer {
  readonly #endpoints: readonly Endpoint[];
  readonly #random: () => number;
  /** The points in order, in halves: numbers of 64 bits are objects when they are read one by one. */
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #owners: Uint32Array;

  constructor({ endpoints, weights, random }: BalancerInput, minimumRingSize: number) {
    this.#endpoints = endpoints;
    this.#random = random;
    const { points, owners } = place(endpoints, weights, minimumRingSize || defaultRingSize);
    const order = Uint32Array.from(points, (_, index) => index);
    order.sort((one, other) => (points[one]! < points[other]! ? -1 : points[one]! > points[other]! ? 1 : one - other));
    this.#high = Uint32Array.from(order, (index) => Number(points[index]! >> 32n));
    this.#low = Uint32Array.from(order, (index) => Number(points[index]! & 0xffff_ffffn));
    this.#owners = Uint32Array.from(order, (index) => owners[index]!);
  }

  get size(): number {
    return this.#owners.length;
  }

  pick(hash: bigint | undefined, attempt: number): Endpoint {
    let at = this.#find(hash);
    // Other attempts walk on, past the points of the same endpoint.
    for (let left = attempt; left > 0; left--) at = this.#nextOwner(at);
    return this.#endpoints[this.#owners[at]!]!;
  }

  /** The first point that is not before the hash; after the last comes the first. */
  #find(hash: bigint | undefined): number {
    const high = hash === undefined ? Math.floor(this.#random() * 2 ** 32) : Number(BigInt.asUintN(32, hash >> 32n));
    const low = hash === undefined ? 0 : Number(BigInt.asUintN(32, hash));
    let [from, to] = [0, this.size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const difference = this.#high[middle]! - high || this.#low[middle]! - low;
      if (difference < 0) from = middle + 1;
      else to = middle;
    }
    return from === this.size ? 0 : from;
  }

  #nextOwner(at: number): number {
    const owner = this.#owners[at];
    let next = at;
    do next = next + 1 === this.size ? 0 : next + 1;
    while (this.#owners[next] === owner && next !== at);
    return next;
  }
}

/** So many points that the lightest has a whole number of them, and all together at least the minimum. */
function place(
  endpoints: readonly Endpoint[],
  weights: readonly number[],
  minimum: number,
): { points: BigUint64Array; owners: Uint32Array } {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const lightest = Math.min(...weights) / sum;
  const scale = Math.min(Math.ceil(lightest * minimum) / lightest, largestRing);
  // Rounded up over all, not each, as Envoy does it: the same configuration gives the same ring.
  let wanted = 0;
  let placed = 0;
  const counts = weights.map((weight) => {
    wanted += (scale * weight) / sum;
    const count = Math.max(0, Math.ceil(wanted) - placed);
    placed += count;
    return count;
  });
  const points = new BigUint64Array(placed);
  const owners = new Uint32Array(placed);
  let at = 0;
  endpoints.forEach(({ name }, owner) => {
    for (let index = 0; index < counts[owner]!; index++, at++) {
      points[at] = hashing.h64(`${name}_${index}`);
      owners[at] = owner;
    }
  });
  return { points, owners };
}
