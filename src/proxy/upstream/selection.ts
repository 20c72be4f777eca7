import { Cluster_LoadBalancer } from '../../gen/fairlead/proxy/v1/cluster.js';
import type { Balancer, BalancerInput } from './balancers/balancer.js';
import { LeastRequest } from './balancers/least-request.js';
import { Random } from './balancers/random.js';
import { RingHash } from './balancers/ring-hash.js';
import { Rotation } from './balancers/rotation.js';
import { RoundRobin } from './balancers/round-robin.js';
import type { Endpoint } from './endpoint.js';
import { type PriorityLevel, shareLoad } from './priority-load.js';
import type { Choice } from './types.js';

export interface SelectionOptions {
  readonly loadBalancer: Cluster_LoadBalancer;
  readonly minimumRingSize: number;
  readonly localityWeighted: boolean;
  /** In percent; 0 for never. */
  readonly panicThreshold: number;
  readonly random: () => number;
  readonly onPanic: () => void;
}

interface Level {
  /** Of the share of requests, up to and with this one. */
  readonly upTo: number;
  readonly isPanic: boolean;
  readonly localities: readonly Balancer[];
  readonly rotation: Rotation;
}

// Of a retry that does not say how often (mesh.md 8).
const defaultAttempts = 5;

/** Who can be chosen while nobody comes, goes, falls ill or gets well: balancers, by priority and locality. */
export class Selection {
  readonly #levels: readonly Level[];
  readonly #options: SelectionOptions;

  constructor(endpoints: readonly Endpoint[], options: SelectionOptions) {
    this.#options = options;
    let upTo = 0;
    this.#levels = shareLoad(endpoints, options.panicThreshold).map((level) => {
      upTo += level.load;
      return createLevel(level, upTo, options);
    });
  }

  pick(choice: Choice): Endpoint | undefined {
    const { tried } = choice;
    if (this.#levels.length === 0) return undefined;
    if (tried === undefined || tried.length === 0) return this.#pickOnce(choice.hash, 0);
    const attempts = choice.attempts ?? defaultAttempts;
    let last = this.#pickOnce(choice.hash, 0);
    for (let attempt = 1; attempt <= attempts && tried.includes(last); attempt++) {
      last = this.#pickOnce(choice.hash, attempt);
    }
    return last;
  }

  #pickOnce(hash: bigint | undefined, attempt: number): Endpoint {
    const level = this.#levelFor(hash);
    if (level.isPanic) this.#options.onPanic();
    const { localities } = level;
    const balancer = localities.length === 1 ? localities[0]! : localities[level.rotation.next()]!;
    return balancer.pick(hash, attempt);
  }

  /** By the hash where there is one: else requests that belong together would go to different levels. */
  #levelFor(hash: bigint | undefined): Level {
    const levels = this.#levels;
    if (levels.length === 1) return levels[0]!;
    const point = hash === undefined ? this.#options.random() : Number(hash % 100n) / 100;
    for (const level of levels) if (point < level.upTo) return level;
    return levels[levels.length - 1]!;
  }
}

function createLevel(level: PriorityLevel, upTo: number, options: SelectionOptions): Level {
  const isRing = options.loadBalancer === Cluster_LoadBalancer.RING_HASH;
  const isWeighted = options.localityWeighted && !level.isPanic;
  const groups = level.localities.map(({ weight, endpoints }) => ({
    weight,
    endpoints,
    weights: endpoints.map(weightOf),
  }));
  const merged = {
    weight: 1,
    endpoints: groups.flatMap(({ endpoints }) => endpoints),
    // One ring for all localities: the share of a locality is divided among its endpoints.
    weights: groups.flatMap(({ weight, weights }) => {
      const sum = weights.reduce((total, each) => total + each, 0);
      return isWeighted ? weights.map((each) => (weight * each) / sum) : weights;
    }),
  };
  const used = isWeighted && !isRing ? groups : [merged];
  return {
    upTo,
    isPanic: level.isPanic,
    localities: used.map((group) => createBalancer({ ...group, random: options.random }, options)),
    rotation: new Rotation(
      used.map(({ weight }) => weight),
      options.random,
    ),
  };
}

function createBalancer(input: BalancerInput, { loadBalancer, minimumRingSize }: SelectionOptions): Balancer {
  switch (loadBalancer) {
    case Cluster_LoadBalancer.LEAST_REQUEST:
      return new LeastRequest(input);
    case Cluster_LoadBalancer.RANDOM:
      return new Random(input);
    case Cluster_LoadBalancer.RING_HASH:
      return new RingHash(input, minimumRingSize);
    case Cluster_LoadBalancer.ROUND_ROBIN:
    case Cluster_LoadBalancer.UNRECOGNIZED:
      return new RoundRobin(input);
  }
}

function weightOf({ weight }: Endpoint): number {
  return weight;
}
