import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import type { UpstreamCluster } from '../../../src/proxy/upstream/types.js';
import { scriptedCluster, ScriptedEndpoint, serve } from './support.js';

test('an endpoint is chosen by what the route has made of the request', async () => {
  const cluster = scriptedCluster('c', [new ScriptedEndpoint('a', [{ status: 200 }])]);
  const hashes: (bigint | undefined)[] = [];
  const asked: UpstreamCluster = {
    ...cluster,
    pick: (choice) => {
      hashes.push(choice.hash);
      return cluster.pick(choice);
    },
  };
  const forward = { clusters: [{ name: 'c', weight: 1 }], hashPolicies: [{ header: 'x-user' }] };
  const harness = await serve({
    routes: [
      { match: { exact: '/route' }, forward, requestHeaders: { set: [{ name: 'x-user', value: 'one' }] } },
      {
        match: { exact: '/cluster' },
        forward: {
          ...forward,
          clusters: [{ name: 'c', weight: 1, requestHeaders: { set: [{ name: 'x-user', value: 'one' }] } }],
        },
      },
      { match: { exact: '/none' }, forward, requestHeaders: { remove: ['x-user'] } },
      { forward },
    ],
    clusters: [asked],
  });
  const ask = async (path: string, user: string): Promise<void> => {
    const request = get({ host: '127.0.0.1', port: harness.port, path, agent: false, headers: { 'x-user': user } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
  };
  try {
    await ask('/', 'one');
    await ask('/route', 'two');
    await ask('/cluster', 'three');
    await ask('/none', 'four');
    await ask('/', 'five');
  } finally {
    await harness.stop();
  }
  const [one, route, byCluster, none, five] = hashes;
  assert.equal(typeof one, 'bigint');
  assert.deepEqual([route, byCluster, none], [one, one, undefined]);
  assert.notEqual(five, one);
});
