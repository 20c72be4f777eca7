import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { compressAttributes } from '../../src/cli/client/compress-attributes.js';
import { connectMixer } from '../../src/cli/client/connect.js';
import denier from '../../src/adapters/denier/index.js';
import { createMixer, parseResources } from '../../src/index.js';
import { defineAdapter, s } from '../../src/sdk/index.js';
import { quota } from '../../src/templates/index.js';
import rogue from '../support/rogue-adapter.js';
import { tempFolder } from '../support/temp-folder.js';

const yaml = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: limits, namespace: istio-system}
spec: {compiledAdapter: memquota, params: {quotas: [{name: calls.instance.istio-system, maxAmount: 5, validDuration: 60s}]}}
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: refuse, namespace: istio-system}
spec: {compiledAdapter: denier, params: {status: {code: 7, message: closed}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: calls, namespace: istio-system}
spec: {compiledTemplate: quota, params: {dimensions: {}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: nothing, namespace: istio-system}
spec: {compiledTemplate: checknothing}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: deny, namespace: istio-system}
spec: {match: source.user == "mallory", actions: [{handler: refuse, instances: [nothing]}]}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: limit, namespace: istio-system}
spec: {actions: [{handler: limits, instances: [calls]}]}
`;

const telemetry = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: prom, namespace: istio-system}
spec:
  compiledAdapter: prometheus
  params: {metrics: [{name: seen, instance_name: seen.instance.istio-system, kind: COUNTER, label_names: [user]}]}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: seen, namespace: istio-system}
spec: {compiledTemplate: metric, params: {value: "1", dimensions: {user: source.user}}}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: count, namespace: istio-system}
spec: {actions: [{handler: prom, instances: [seen]}]}
`;

describe('createMixer()', () => {
  const folder = tempFolder();

  it('decides without a socket, from YAML text', async () => {
    const mixer = await createMixer({ config: { yaml } });
    assert.deepEqual(mixer.diagnostics, []);
    assert.equal((await mixer.check({ 'source.user': 'mallory' })).status.message, 'refuse.istio-system:closed');
    const quotas = [{ name: 'calls', amount: 3n, bestEffort: true }];
    const granted: unknown[] = [];
    for (let at = 0; at < 3; at++)
      granted.push((await mixer.check([['source.user', 'a']], { quotas })).quotas[0]?.grantedAmount);
    assert.deepEqual(granted, [3n, 2n, 0n]);
    await mixer.close();
  });

  it('makes ids of calls that no other instance makes', async () => {
    const ids: string[] = [];
    const adapter = defineAdapter({
      name: 'ids',
      description: 'Notes what calls it is asked about.',
      templates: [quota],
      config: s.message({}),
      build: () => ({
        handleQuota: (_instance, { amount, deduplicationId }) => {
          ids.push(deduplicationId);
          return { amount };
        },
      }),
    });
    const ask = yaml.replace(/compiledAdapter: memquota, params: .*/, 'compiledAdapter: ids}');
    for (let instance = 0; instance < 2; instance++) {
      const mixer = await createMixer({ config: { yaml: ask }, adapters: [adapter] });
      for (let call = 0; call < 2; call++) {
        await mixer.check({}, { quotas: [{ name: 'calls', amount: 1n, bestEffort: true }] });
      }
      await mixer.close();
    }
    assert.equal(ids.length, 4);
    assert.equal(new Set(ids).size, 4, ids.join());
  });

  it('serves over gRPC as well', async () => {
    const { resources } = parseResources(yaml, { file: 'a.yaml', defaultNamespace: 'default' });
    const mixer = await createMixer({ config: { resources } });
    assert.match(await mixer.listen('tcp://127.0.0.1:0'), /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const client = connectMixer(await mixer.listen(`unix://${join(folder, 'a.sock')}`));
    const attributes = compressAttributes([['source.user', 'mallory']]);
    const answer = await client.check({ attributes, globalWordCount: 0, deduplicationId: '', quotas: {} });
    assert.equal(answer.precondition?.status?.code, 7);
    client.close();
    await mixer.close(1000);
  });

  it('reads a file, reports, and shows metrics', async () => {
    const path = join(folder, 'telemetry.yaml');
    writeFileSync(path, telemetry);
    const mixer = await createMixer({ config: { path } });
    assert.deepEqual(mixer.diagnostics, []);
    await mixer.report([{ 'source.user': 'a' }, new Map([['source.user', 'b']]), { 'source.user': 'a' }]);
    assert.match(await mixer.metrics(), /^istio_seen\{user="a"\} 2\nistio_seen\{user="b"\} 1$/m);
    await mixer.close();
  });

  it('takes adapters of the caller, and tells what is wrong with a configuration', async () => {
    const handler = (name: string): string =>
      `apiVersion: config.istio.io/v1alpha2\nkind: handler\nmetadata: {name: ${name}, namespace: x}\nspec: {compiledAdapter: ${name}}\n`;
    const mixer = await createMixer({
      config: { yaml: `${handler('rogue')}---\n${handler('missing')}` },
      adapters: [rogue],
    });
    assert.deepEqual(
      mixer.diagnostics.map(({ code, line }) => [code, line]),
      [['UNKNOWN_ADAPTER', 9]],
    );
    await mixer.close();
  });

  it('takes a whole number for an INT64, and nothing for an undefined', async () => {
    const deny = yaml.replace('source.user == "mallory"', 'request.size > 10 || source.user == "mallory"');
    const mixer = await createMixer({ config: { yaml: deny } });
    const codes: unknown[] = [];
    for (const size of [12, 12n, 9]) {
      codes.push((await mixer.check({ 'request.size': size, 'source.user': 'ann' })).status.code);
    }
    const unknown = { 'request.size': 9, 'source.user': undefined } as unknown as Record<string, string>;
    codes.push((await mixer.check(unknown)).status.code);
    assert.deepEqual(codes, [7, 7, 0, 0]);
    await mixer.close();
  });

  for (const [what, value] of [
    ['an object', { app: 'cart' }],
    ['a Date', new Date(0)],
    ['null', null],
  ] as const) {
    it(`refuses ${what} as an attribute by its name`, async () => {
      const mixer = await createMixer({ config: { yaml } });
      const attributes = { 'source.labels': value } as unknown as Record<string, string>;
      const refusal = {
        name: 'MixerError',
        code: 'USAGE',
        message: /^attribute 'source\.labels' has a value of no type/,
      };
      await assert.rejects(mixer.check(attributes), refusal);
      await assert.rejects(mixer.report([attributes]), refusal);
      await mixer.close();
    });
  }

  it('answers nothing after it was closed, since its handlers are gone', async () => {
    const mixer = await createMixer({ config: { yaml } });
    await mixer.close();
    await mixer.close();
    for (const call of [() => mixer.check({}), () => mixer.report([{}]), () => mixer.listen('127.0.0.1:0')]) {
      await assert.rejects(call, { name: 'MixerError', code: 'UNAVAILABLE', message: 'the mixer is closed' });
    }
  });

  it('takes a built-in adapter that it has already', async () => {
    const mixer = await createMixer({ config: { yaml }, adapters: [denier] });
    assert.equal((await mixer.check({ 'source.user': 'mallory' })).status.code, 7);
    await mixer.close();
  });

  it('refuses adapters that are none, and two of one name', async () => {
    const code = 'ADAPTER_INVALID';
    const module = { default: rogue } as unknown as typeof rogue;
    await assert.rejects(createMixer({ config: { yaml }, adapters: [module] }), { code, message: /adapters\[0\]/ });
    const again = createMixer({ config: { yaml }, adapters: [rogue, rogue] });
    await assert.rejects(again, { code, message: "adapters[1]: there is an adapter 'rogue' already" });
  });
});
