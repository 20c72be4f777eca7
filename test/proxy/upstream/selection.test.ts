import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cluster_LoadBalancer, type Locality } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import type { Endpoint } from '../../../src/proxy/upstream/endpoint.js';
import { Selection, type SelectionOptions } from '../../../src/proxy/upstream/selection.js';
import { bareEndpoints, localityOf, seededRandom } from './fixture.js';

const options: SelectionOptions = {
  loadBalancer: Cluster_LoadBalancer.ROUND_ROBIN,
  minimumRingSize: 0,
  localityWeighted: false,
  panicThreshold: 0,
  random: seededRandom(11),
  onPanic: () => undefined,
};

let next = 1;
function locality(size: number, changes: Parameters<typeof localityOf>[1] = {}): Locality {
  return localityOf(
    Array.from({ length: size }, () => `10.0.${next >> 8}.${next++ & 255}:80`),
    changes,
  );
}

/** How many of 10,000 requests go where. */
function sharesBy(
  key: (endpoint: Endpoint) => string | number,
  endpoints: readonly Endpoint[],
  changes: Partial<SelectionOptions> = {},
): Record<string, number> {
  const selection = new Selection(endpoints, { ...options, ...changes });
  const shares: Record<string, number> = {};
  for (let count = 0; count < 10_000; count++) {
    const endpoint = selection.pick({});
    const name = endpoint === undefined ? 'none' : key(endpoint);
    shares[name] = (shares[name] ?? 0) + 1;
  }
  return shares;
}

function fell(endpoints: readonly Endpoint[], priority: number, ill: number): void {
  endpoints
    .filter((endpoint) => endpoint.priority === priority)
    .slice(0, ill)
    .forEach((endpoint, index) => (index % 2 === 0 ? (endpoint.isHealthy = false) : (endpoint.isEjected = true)));
}

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs((actual ?? 0) - expected) <= 250, `${actual} is not about ${expected}`);

// Well of ten in priority 0 and 1, and what goes to each: Envoy's table of priority levels.
const loads: readonly (readonly [number, number, number, number])[] = [
  [10, 10, 10_000, 0],
  [8, 10, 10_000, 0],
  [7, 10, 9800, 200],
  [5, 10, 7000, 3000],
  [1, 10, 1400, 8600],
  [0, 10, 0, 10_000],
  [3, 2, 6000, 4000],
  [0, 1, 0, 10_000],
];
for (const [first, second, toFirst, toSecond] of loads) {
  test(`with ${first} and ${second} of ten well, priorities get ${toFirst} and ${toSecond} of 10,000`, () => {
    const endpoints = bareEndpoints(locality(10, { priority: 0 }), locality(10, { priority: 1 }));
    fell(endpoints, 0, 10 - first);
    fell(endpoints, 1, 10 - second);
    const shares = sharesBy(({ priority }) => priority, endpoints);
    near(shares['0'], toFirst);
    near(shares['1'], toSecond);
    const selection = new Selection(endpoints, options);
    for (let count = 0; count < 100; count++) assert.ok(selection.pick({})?.isUsable);
  });
}

test('without a panic threshold nobody is chosen when nobody is well', () => {
  const endpoints = bareEndpoints(locality(2));
  fell(endpoints, 0, 2);
  assert.deepEqual(
    sharesBy(() => 'some', endpoints),
    { none: 10_000 },
  );
  assert.equal(new Selection([], options).pick({}), undefined);
});

test('below the panic threshold all are used, the ill ones too', () => {
  const endpoints = bareEndpoints(locality(10));
  fell(endpoints, 0, 7);
  let panics = 0;
  const shares = sharesBy(({ name }) => name, endpoints, { panicThreshold: 31, onPanic: () => panics++ });
  assert.equal(Object.keys(shares).length, 10);
  assert.equal(panics, 10_000);
  assert.equal(Object.keys(sharesBy(({ name }) => name, endpoints, { panicThreshold: 30 })).length, 3);
});

test('when nobody is well, a panic threshold makes requests go by number to all priorities', () => {
  const endpoints = bareEndpoints(locality(3, { priority: 0 }), locality(1, { priority: 1 }));
  fell(endpoints, 0, 3);
  fell(endpoints, 1, 1);
  const shares = sharesBy(({ priority }) => priority, endpoints, { panicThreshold: 50 });
  near(shares['0'], 7500);
  near(shares['1'], 2500);
});

test('there is no panic while priorities together can take all', () => {
  const endpoints = bareEndpoints(locality(10, { priority: 0 }), locality(10, { priority: 1 }));
  fell(endpoints, 0, 9);
  const selection = new Selection(endpoints, { ...options, panicThreshold: 50 });
  for (let count = 0; count < 1000; count++) assert.ok(selection.pick({})?.isUsable);
});

test('weights of localities count where the cluster says so', () => {
  const endpoints = bareEndpoints(
    locality(1, { region: 'east', zone: 'a', weight: 80 }),
    locality(3, { region: 'west', weight: 20 }),
  );
  const shares = sharesBy(({ locality: name }) => name, endpoints, { localityWeighted: true });
  assert.deepEqual(shares, { 'east/a': 8000, west: 2000 });
  assert.deepEqual(
    sharesBy(({ locality: name }) => name, endpoints),
    { 'east/a': 2500, west: 7500 },
  );
});

test('a locality that is not well loses weight, beyond what it has to spare', () => {
  const endpoints = bareEndpoints(
    locality(10, { region: 'east', weight: 1 }),
    locality(10, { region: 'west', weight: 1 }),
  );
  endpoints.slice(0, 2).forEach((endpoint) => (endpoint.isHealthy = false));
  near(sharesBy(({ locality: name }) => name, endpoints, { localityWeighted: true })['east'], 5000);
  endpoints.slice(0, 5).forEach((endpoint) => (endpoint.isHealthy = false));
  // 0.7 to 1.
  near(sharesBy(({ locality: name }) => name, endpoints, { localityWeighted: true })['east'], 4118);
  endpoints.slice(0, 10).forEach((endpoint) => (endpoint.isHealthy = false));
  assert.deepEqual(
    sharesBy(({ locality: name }) => name, endpoints, { localityWeighted: true }),
    { west: 10_000 },
  );
});

test('weights of localities count on a ring, too', () => {
  const endpoints = bareEndpoints(
    locality(1, { region: 'east', weight: 3 }),
    locality(3, { region: 'west', weight: 1 }),
  );
  const changes = { localityWeighted: true, loadBalancer: Cluster_LoadBalancer.RING_HASH, minimumRingSize: 16_384 };
  near(sharesBy(({ locality: name }) => name, endpoints, changes)['east'], 7500);
});

test('by hash a request always goes to the same priority', () => {
  const endpoints = bareEndpoints(locality(10, { priority: 0 }), locality(10, { priority: 1 }));
  fell(endpoints, 0, 5);
  const selection = new Selection(endpoints, { ...options, loadBalancer: Cluster_LoadBalancer.RING_HASH });
  for (const hash of [5n, 65n, 75n, 12_345_678_901n, 2n ** 64n - 1n]) {
    const first = selection.pick({ hash });
    for (let count = 0; count < 10; count++) assert.equal(selection.pick({ hash }), first);
    assert.equal(first?.priority, hash % 100n < 70n ? 0 : 1);
  }
});

test('endpoints that have been tried are passed over, while attempts last', () => {
  for (const loadBalancer of [Cluster_LoadBalancer.ROUND_ROBIN, Cluster_LoadBalancer.RING_HASH]) {
    const endpoints = bareEndpoints(locality(3));
    const selection = new Selection(endpoints, { ...options, loadBalancer });
    const [first] = endpoints;
    for (let count = 0; count < 20; count++) {
      const hash = BigInt(count) << 59n;
      assert.notEqual(selection.pick({ hash, tried: [first!] }), first);
      assert.ok(selection.pick({ hash, tried: endpoints }), 'the last is taken when all have been tried');
    }
  }
  const [alone] = bareEndpoints(locality(1));
  assert.equal(new Selection([alone!], options).pick({ tried: [alone!], attempts: 3 }), alone);
});
