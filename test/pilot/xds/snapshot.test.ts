import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPushQueue } from '../../../src/pilot/xds/push-queue.js';
import { createResource, type Reference, type XdsResource } from '../../../src/pilot/xds/resource.js';
import { wholeBodyOf } from '../../../src/pilot/xds/response-body.js';
import { findDangling, layered, type ResourceMap, type Snapshot } from '../../../src/pilot/xds/snapshot.js';

function mapOf(
  kind: Reference['kind'],
  given: Readonly<Record<string, readonly Reference[]>>,
): Map<string, XdsResource> {
  return new Map(
    Object.entries(given).map(([name, references]) => [
      name,
      createResource(kind, name, { value: Buffer.from(name), references }),
    ]),
  );
}

const none: ResourceMap = new Map();
const to = (kind: Reference['kind'], name: string): Reference => ({ kind, name });

describe('a snapshot on top of what others share', () => {
  const cluster = mapOf('cluster', { a: [to('endpoints', 'a')], b: [to('endpoints', 'b')] });
  const endpoints = mapOf('endpoints', { a: [], b: [] });
  const route = mapOf('route', { r: [to('cluster', 'a'), to('cluster', 'own')] });
  const snapshotOf = (own: Map<string, XdsResource>, places: ResourceMap = endpoints): Snapshot => ({
    version: '1',
    cluster: layered(own, cluster),
    endpoints: layered(new Map(), places),
    listener: none,
    route: layered(new Map(), route),
  });

  it('has what both have, and hides what it has itself', () => {
    const own = mapOf('cluster', { own: [], a: [] });
    const { cluster: map } = snapshotOf(own);
    assert.deepEqual([...map.keys()], ['own', 'a', 'b']);
    assert.deepEqual([map.get('a'), map.get('b')], [own.get('a'), cluster.get('b')]);
    const whole = Buffer.concat(wholeBodyOf(map));
    const flat = wholeBodyOf(new Map([...map.keys()].map((name) => [name, map.get(name)!])));
    assert.deepEqual(whole, Buffer.concat(flat));
  });

  it('is consistent where each finds the rest of what shared resources need', () => {
    const own = mapOf('cluster', { own: [] });
    assert.deepEqual(findDangling(snapshotOf(own)), []);
    assert.deepEqual(findDangling(snapshotOf(new Map())), [{ ...to('cluster', 'own'), from: to('route', 'r') }]);
    assert.deepEqual(findDangling(snapshotOf(own)), [], 'another snapshot does not count');
    const lost = findDangling(snapshotOf(own, mapOf('endpoints', { a: [] })));
    assert.deepEqual(lost, [{ ...to('endpoints', 'b'), from: to('cluster', 'b') }]);
    const self = mapOf('cluster', { own: [to('endpoints', 'own')] });
    assert.deepEqual(findDangling(snapshotOf(self)), [{ ...to('endpoints', 'own'), from: to('cluster', 'own') }]);
  });
});

describe('a push', () => {
  it('serves all at once where that is soon done', () => {
    let clock = 0;
    const served: number[] = [];
    const push = (millis: number): number => {
      served.length = 0;
      const queue = createPushQueue<number>({
        ...{ slice: 1, sliceMillis: 10, now: () => clock, refresh: (change) => change },
        clients: new Set([1, 2, 3, 4]),
        serve(client) {
          served.push(client);
          clock += millis;
        },
      });
      queue({ kind: 'full' });
      return served.length;
    };
    assert.deepEqual([push(1), push(5), push(20)], [4, 2, 1]);
  });
});
