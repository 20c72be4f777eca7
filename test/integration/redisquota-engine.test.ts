import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import redisquota from 'fairlead/adapters/redisquota';
import { templates } from 'fairlead/templates';
import { runScenario } from 'fairlead/testing';
import { builtInAdapters } from '../../src/cli/inventory.js';
import { compressAttributes } from '../../src/cli/client/compress-attributes.js';
import { RedisProcess, redisPeer } from '../support/redis.js';
import { sharedMaterial } from '../support/shared-material.js';
import { tempFolder } from '../support/temp-folder.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const configuration = (address: string, params = '') => `
kind: handler
metadata: { name: handler, namespace: istio-system }
spec:
  compiledAdapter: redisquota
  params:
    redisServerUrl: ${address}
    quotas:
      - name: requestcount.instance.istio-system
        maxAmount: 50
        validDuration: 30s
        bucketDuration: 1s
        rateLimitAlgorithm: ROLLING_WINDOW
        overrides:
          - dimensions: { source: reviews, destination: ratings }
            maxAmount: 12
    ${params}
---
kind: instance
metadata: { name: requestcount, namespace: istio-system }
spec:
  compiledTemplate: quota
  params:
    dimensions:
      source: source.labels["app"] | "unknown"
      destination: destination.labels["app"] | "unknown"
---
kind: rule
metadata: { name: quota, namespace: istio-system }
spec: { actions: [ { handler: handler, instances: [ requestcount ] } ] }
`;

const samples = sharedMaterial('istio-samples/samples/bookinfo/policy');
const toApp = (app: string, from = 'web') => `destination.labels: { app: ${app} }, source.labels: { app: ${from} }`;
const fromAddress = (address: string) =>
  `destination.labels: { app: productpage }, request.headers: { x-forwarded-for: ${address} }`;

/** What each of Istio's samples grants of 9000, with best effort. */
const expected: readonly (readonly [
  file: string,
  calls: readonly (readonly [attributes: string, granted: string])[],
])[] = [
  [
    'mixer-rule-ratings-redis-quota-fixed-window.yaml',
    [
      [toApp('ratings', 'reviews'), '50'],
      [toApp('ratings', 'reviews'), '0'],
      [toApp('ratings'), '100'],
      [toApp('details'), '9000'],
    ],
  ],
  [
    'mixer-rule-ratings-redis-quota-rolling-window.yaml',
    [
      [toApp('ratings', 'reviews'), '50'],
      [toApp('ratings', 'reviews'), '0'],
      [toApp('ratings'), '100'],
      [toApp('details'), '9000'],
    ],
  ],
  [
    'mixer-rule-productpage-redis-quota-fixed-window.yaml',
    [
      [toApp('productpage', 'istio-ingressgateway'), '50'],
      [toApp('productpage'), '1'],
      [toApp('productpage'), '0'],
      [toApp('reviews'), '9000'],
    ],
  ],
  [
    'mixer-rule-productpage-redis-quota-rolling-window.yaml',
    [
      [fromAddress('10.28.11.20'), '500'],
      [fromAddress('10.28.11.21'), '2'],
      [toApp('reviews'), '1'],
      [toApp('details'), '500'],
    ],
  ],
];

interface QuotaAnswer {
  readonly granted: string;
  readonly validDuration: string;
  readonly status: string;
}

describe('redisquota in the engine', redisPeer, () => {
  let server: RedisProcess;
  before(async () => {
    server = await RedisProcess.start();
  });
  beforeEach(() => server.run(['FLUSHALL']));
  after(() => server.remove());

  async function quotas(config: string, calls: string): Promise<readonly QuotaAnswer[]> {
    const result = await runScenario({ config, calls, adapters: [redisquota], templates });
    return (result.answers as unknown as readonly { quotas: Record<string, QuotaAnswer> }[]).flatMap(({ quotas }) =>
      Object.values(quotas),
    );
  }

  const check = (attributes: string, amount: number, bestEffort: boolean, quota = 'requestcount'): string =>
    `- check: { ${attributes} }\n  quotas: { ${quota}: { amount: ${amount}, bestEffort: ${bestEffort} } }\n`;

  it('grants what is left with best effort, and all or nothing without', async () => {
    const text = configuration(server.address);
    const [most, override] = await quotas(
      text,
      check(toApp('details'), 60, true) + check(toApp('ratings', 'reviews'), 15, true),
    );
    assert.deepEqual([most?.granted, most?.validDuration, most?.status], ['50', '30s', 'OK']);
    assert.equal(override?.granted, '12');
    const [denied] = await quotas(text, check(toApp('productpage'), 60, false));
    assert.equal(denied?.granted, '0');
    assert.match(denied.status, /RESOURCE_EXHAUSTED.*redisquota: Resource exhausted/);
  });

  it('answers without Redis as the failure mode says', async () => {
    const nobody = '127.0.0.1:1';
    const call = check(toApp('details'), 60, false);
    const [closed] = await quotas(configuration(nobody), call);
    assert.equal(closed?.granted, '0');
    assert.match(closed.status, /UNAVAILABLE.*redisquota: Service Unavailable/);
    const [open] = await quotas(configuration(nobody, 'failureMode: OPEN'), call);
    assert.deepEqual([open?.granted, open?.status], ['60', 'OK']);
    const local = await quotas(configuration(nobody, 'failureMode: LOCAL'), call.replace('60', '25') + call);
    assert.deepEqual(
      local.map(({ granted }) => granted),
      ['25', '0'],
    );
  });

  for (const [file, calls] of expected) {
    it(`decides with Istio's ${file}`, { skip: samples.skip }, async () => {
      const config = readFileSync(`${samples.path}/${file}`, 'utf8').replace(
        'redis-release-master:6379',
        server.address,
      );
      const text = calls.map(([attributes]) => check(attributes, 9000, true, 'requestcountquota')).join('');
      assert.deepEqual(
        (await quotas(config, text)).map(({ granted }) => granted),
        calls.map(([, granted]) => granted),
      );
    });
  }

  it('counts exactly for two servers at the same time', async () => {
    const folder = tempFolder();
    writeFileSync(`${folder}/config.yaml`, configuration(server.address, 'timeout: 5s'));
    const known = builtInAdapters.includes('fairlead/adapters/redisquota');
    const start = () =>
      startTestServer({ config: folder, adapterTimeoutMs: 10_000, ...(known ? {} : { adapters: [redisquota] }) });
    const servers = await Promise.all([start(), start()]);
    try {
      const ask = async ({ mixer }: TestServer, id: string): Promise<bigint> => {
        const attributes = compressAttributes([['source.labels', new Map([['app', 'a']])]]);
        const answer = await mixer.check({
          ...{ attributes, globalWordCount: 0, deduplicationId: id },
          quotas: { requestcount: { amount: 1n, bestEffort: false } },
        });
        return answer.quotas['requestcount']?.grantedAmount ?? 0n;
      };
      const all = Array.from({ length: 400 }, (_, index) => ask(servers[index % 2]!, `id-${index}`));
      const granted = await Promise.all(all);
      assert.equal(
        granted.reduce((sum, amount) => sum + amount, 0n),
        50n,
      );
      const repeated = await Promise.all(granted.map((_, index) => ask(servers[(index + 1) % 2]!, `id-${index}`)));
      assert.ok(repeated.reduce((sum, amount) => sum + amount, 0n) <= 50n, 'repetitions are charged to nobody');
    } finally {
      await Promise.all(servers.map((one) => one.stop()));
    }
  });
});
