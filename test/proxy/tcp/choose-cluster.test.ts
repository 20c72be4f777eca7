import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TcpFilter } from '../../../src/gen/fairlead/proxy/v1/listener.js';
import { compileChooseCluster } from '../../../src/proxy/tcp/choose-cluster.js';

test('a single cluster gets everything, whatever its weight', () => {
  const choose = compileChooseCluster(TcpFilter.fromPartial({ clusters: [{ name: 'a', weight: 0 }] }));
  assert.equal(
    choose(undefined, () => 0.9),
    'a',
  );
});

test('a chain without a cluster of any weight is refused', () => {
  const clusters = [
    { name: 'a', weight: 0 },
    { name: 'b', weight: 0 },
  ];
  assert.throws(() => compileChooseCluster(TcpFilter.fromPartial({ clusters })), /no cluster has a weight/);
  assert.throws(() => compileChooseCluster(TcpFilter.fromPartial({})), /no cluster has a weight/);
});

test('weights are kept within five sigma', () => {
  const clusters = [
    { name: 'a', weight: 90 },
    { name: 'b', weight: 10 },
  ];
  const choose = compileChooseCluster(TcpFilter.fromPartial({ clusters }));
  let count = 0;
  for (let round = 0; round < 10_000; round++) if (choose(undefined, Math.random) === 'b') count++;
  assert.ok(Math.abs(count - 1000) < 5 * 30, `${count}`);
});

test('a server name stands for an outbound cluster, or for nothing', () => {
  const choose = compileChooseCluster(TcpFilter.fromPartial({ sniCluster: true }));
  const named = (name: string | undefined) => choose(name, () => 0);
  assert.equal(
    named('outbound_.8080_.v1_.reviews.default.svc.cluster.local'),
    'outbound_.8080_.v1_.reviews.default.svc.cluster.local',
  );
  assert.equal(named('outbound_.80_._.a'), 'outbound_.80_._.a');
  for (const name of [undefined, '', 'a.b', 'inbound_.80_._.a', 'outbound_.80_.a', 'outbound_.80_._.a_.b']) {
    assert.equal(named(name), undefined);
  }
});
