import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import denier from 'fairlead/adapters/denier';
import listchecker from 'fairlead/adapters/listchecker';
import memquota from 'fairlead/adapters/memquota';
import noop from 'fairlead/adapters/noop';
import prometheus from 'fairlead/adapters/prometheus';
import stdio from 'fairlead/adapters/stdio';
import { adapterSuite } from 'fairlead/testing';

const readmeOf = (name: string): URL => new URL(`../../src/adapters/${name}/README.md`, import.meta.url);

const response = "'@type': type.googleapis.com/istio.policy.v1beta1.DirectHttpResponse";

adapterSuite({
  test,
  adapter: denier,
  configs: {
    good: [
      'status: { code: 7, message: Not allowed }',
      'valid_duration: 1h30m\nvalidUseCount: 0',
      `status: { details: [{ ${response}, code: 404, body: gone, headers: { a: b } }] }`,
      `status: { details: [{ ${response}, code: NotFound }] }`,
    ],
    bad: [
      { params: 'validDuration: soon', path: 'validDuration' },
      { params: 'validDuration: -1s', path: 'validDuration' },
      { params: 'validUseCount: -1', path: 'validUseCount' },
      { params: 'status: { code: seven }', path: 'status.code' },
      { params: 'status: { details: [7] }', path: 'status.details[0]' },
      { params: "status: { details: [{ '@type': a/b.C }] }", path: 'status.details[0].@type' },
      { params: `status: { details: [{ ${response}, code: 99 }] }`, path: 'status.details[0].code' },
      { params: `status: { details: [{ ${response}, cod: 404 }] }`, path: 'status.details[0].cod' },
    ],
  },
  readme: readmeOf('denier'),
});

adapterSuite({
  test,
  adapter: listchecker,
  configs: {
    good: [
      "overrides: ['7', a]",
      'blacklist: true\nentryType: REGEX\noverrides: ["a.*b"]',
      "entry_type: IP_ADDRESSES\noverrides: ['10.0.0.0/8', '::1', 10.1.2.3]",
      'providerUrl: http://127.0.0.1:1/list\noverrides: [a]',
    ],
    bad: [
      { params: 'providerUrl: ftp://a/b', path: 'providerUrl' },
      { params: 'providerUrl: http://a/b\nmaxBytes: 0', path: 'maxBytes' },
      { params: 'entryType: REGEX\noverrides: [a, "[("]', path: 'overrides[1]' },
      { params: 'entryType: IP_ADDRESSES\noverrides: [a]', path: 'overrides[0]' },
      { params: 'entryType: WORDS', path: 'entryType' },
      { params: 'cachingInterval: -1s', path: 'cachingInterval' },
      { params: 'cachingUseCount: -1', path: 'cachingUseCount' },
      { params: 'providerUrl: Foo', path: 'providerUrl' },
      { params: 'providerUrl: http://a/b\nrefreshInterval: 999ms', path: 'refreshInterval' },
      { params: 'providerUrl: http://a/b\nttl: 59s', path: 'ttl' },
    ],
  },
  readme: readmeOf('listchecker'),
});

adapterSuite({
  test,
  adapter: memquota,
  configs: {
    good: [
      'quotas: [{ name: sample.quota.default, maxAmount: 10, validDuration: 1s }]',
      'quotas: [{ name: sample.quota.default, max_amount: "10", overrides: [{ dimensions: { count: "7" } }] }]',
      'quotas: [{ name: sample.quota.default, maxAmount: 10, validDuration: 1s, rate_limit_algorithm: TOKEN_BUCKET }]',
    ],
    bad: [
      { params: 'minDeduplicationDuration: 0s', path: 'minDeduplicationDuration' },
      { params: 'minDeduplicationDuration: -1s', path: 'minDeduplicationDuration' },
      { params: 'quotas: [{ name: a, rateLimitAlgorithm: TOKEN_BUCKET }]', path: 'quotas[0].validDuration' },
      { params: 'quotas: [{ name: a, maxAmount: many }]', path: 'quotas[0].maxAmount' },
      { params: 'quotas: [{ name: a, overrides: [{ amount: 1 }] }]', path: 'quotas[0].overrides[0].amount' },
    ],
  },
  readme: readmeOf('memquota'),
});

adapterSuite({
  test,
  adapter: noop,
  configs: { good: ['{}'], bad: [{ params: 'colour: red', path: 'colour' }] },
  readme: readmeOf('noop'),
});

const labels = 'text, count, ratio, flag, time, elapsed, address, labels';

adapterSuite({
  test,
  adapter: prometheus,
  configs: {
    good: [
      `metrics: [{ instance_name: sample.metric.default, kind: COUNTER, label_names: [${labels}] }]`,
      `metrics: [{ name: size, instanceName: sample.metric.default, kind: 1, labelNames: [${labels}] }]
metricsExpirationPolicy: { metricsExpiryDuration: 1m }`,
    ],
    bad: [
      { params: 'metrics: [{ instanceName: a, kind: METER }]', path: 'metrics[0].kind' },
      { params: 'metrics: [{ instanceName: a, labels: [b] }]', path: 'metrics[0].labels' },
      {
        params: 'metricsExpirationPolicy: { metricsExpiryDuration: 0s }',
        path: 'metricsExpirationPolicy.metricsExpiryDuration',
      },
    ],
  },
  readme: readmeOf('prometheus'),
});

const directory = mkdtempSync(join(tmpdir(), 'fairlead-stdio-'));
after(() => rmSync(directory, { recursive: true }));

adapterSuite({
  test,
  adapter: stdio,
  configs: {
    good: [
      `logStream: FILE\noutputPath: ${join(directory, 'out.log')}`,
      `log_stream: 3\noutput_path: ${join(directory, 'rotated.log')}\noutputAsJson: false`,
    ],
    bad: [
      { params: 'outputPath: /tmp/a', path: 'outputPath' },
      { params: 'logStream: FILE', path: 'outputPath' },
      { params: 'logStream: PRINTER', path: 'logStream' },
      { params: 'severityLevels: { a: LOUD }', path: 'severityLevels.a' },
    ],
  },
  readme: readmeOf('stdio'),
});
