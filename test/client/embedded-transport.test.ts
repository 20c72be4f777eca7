import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';

import {
  createEmbeddedTransport,
  createHttpFilter,
  createMixerClient,
  mixerListener,
  type Value,
} from '../../src/client/index.js';
import { createMixer } from '../../src/index.js';
import { fakeTime } from './support/scripted-mixer.js';

const yaml = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: refuse, namespace: istio-system}
spec: {compiledAdapter: denier, params: {status: {code: 7, message: closed}, validDuration: 5s, validUseCount: 3}}
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: limits, namespace: istio-system}
spec: {compiledAdapter: memquota, params: {quotas: [{name: calls.instance.istio-system, maxAmount: 12, validDuration: 60s}]}}
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: prom, namespace: istio-system}
spec:
  compiledAdapter: prometheus
  params: {metrics: [{name: seen, instance_name: seen.instance.istio-system, kind: COUNTER, label_names: [code]}]}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: nothing, namespace: istio-system}
spec: {compiledTemplate: checknothing}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: calls, namespace: istio-system}
spec: {compiledTemplate: quota, params: {dimensions: {user: 'source.user | ""'}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: seen, namespace: istio-system}
spec: {compiledTemplate: metric, params: {value: "1", dimensions: {code: response.code | 0}}}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: deny, namespace: istio-system}
spec: {match: source.user == "mallory", actions: [{handler: refuse, instances: [nothing]}]}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: rest, namespace: istio-system}
spec: {actions: [{handler: limits, instances: [calls]}, {handler: prom, instances: [seen]}]}
`;

describe('a client with a Mixer in its own process', () => {
  it('needs no server for checks, quotas and reports', async () => {
    const mixer = await createMixer({ config: { yaml } });
    assert.deepEqual(mixer.diagnostics, []);
    const { clock, time } = fakeTime();
    const client = createMixerClient({ transport: createEmbeddedTransport(mixer), time });
    const ask = async (user: string) =>
      client.check(new Map<string, Value>([['source.user', user]]), { quotas: [{ quota: 'calls', charge: 1 }] });
    try {
      const denied = [];
      for (let at = 0; at < 5; at++) denied.push(await ask('mallory'));
      // The denier says three uses.
      assert.deepEqual(
        denied.map(({ checkCacheHit }) => checkCacheHit),
        [false, true, true, true, false],
      );
      assert.equal(denied[3]?.status.message, 'refuse.istio-system:closed');
      await clock.advance(5001);
      assert.equal((await ask('mallory')).checkCacheHit, false);

      const codes: number[] = [];
      for (let at = 0; at < 20; at++) {
        codes.push((await ask('anna')).status.code);
        await clock.advance(0);
      }
      assert.equal(codes.filter((code) => code === 0).length, 12);
      client.report(new Map([['response.code', 200n]]));
      await client.close();
      assert.match(await mixer.metrics(), /seen\{code="200"\} 1/);
    } finally {
      await client.close();
      await mixer.close(0);
    }
  });

  it('guards a server of node:http that has nothing else', async () => {
    const mixer = await createMixer({ config: { yaml } });
    const client = createMixerClient({ transport: createEmbeddedTransport(mixer) });
    const config = { mixerAttributes: new Map([['source.user', 'anna']]) };
    const filter = createHttpFilter({ client, config });
    const mallory = { mixerAttributes: new Map([['source.user', 'mallory']]) };
    const options = { service: ({ url }: { url?: string | undefined }) => (url === '/mallory' ? mallory : undefined) };
    const server = createServer(mixerListener(filter, (_, response) => response.end('hello'), options));
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const ask = async (path: string) => {
        const answer = await fetch(origin + path);
        return `${answer.status} ${await answer.text()}`;
      };
      assert.equal(await ask('/'), '200 hello');
      assert.equal(await ask('/'), '200 hello');
      assert.equal(await ask('/mallory'), '403 PERMISSION_DENIED:refuse.istio-system:closed');
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await client.close();
      const metrics = await mixer.metrics();
      assert.match(metrics, /seen\{code="200"\} 2/);
      assert.match(metrics, /seen\{code="403"\} 1/);
    } finally {
      server.close();
      await client.close();
      await mixer.close(0);
    }
  });
});
