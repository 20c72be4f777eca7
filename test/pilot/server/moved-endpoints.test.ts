import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hostOfCluster } from '../../../src/pilot/server/moved-endpoints.js';

it('the host of a cluster is told by its name, in both of its forms', () => {
  assert.equal(hostOfCluster('outbound|80|v1|a.b.svc.cluster.local'), 'a.b.svc.cluster.local');
  assert.equal(hostOfCluster('outbound_.80_.v1_.a.b.svc.cluster.local'), 'a.b.svc.cluster.local');
  assert.equal(hostOfCluster('BlackHoleCluster'), 'BlackHoleCluster');
});
