import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import redisquota from 'fairlead/adapters/redisquota';
import { decodeParams } from 'fairlead/testing';

function problems(params: string): readonly string[] {
  return decodeParams(redisquota, params).problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('redisquota parameters', () => {
  test('have the defaults of Mixer', () => {
    const { config } = decodeParams(redisquota, 'quotas: [{ name: q, validDuration: 1s }]');
    assert.equal(config.redisServerUrl, 'localhost:6379');
    assert.equal(config.connectionPoolSize, 10n);
    assert.equal(config.quotas[0]?.rateLimitAlgorithm, 'FIXED_WINDOW');
    assert.deepEqual(problems('quotas: [{ name: q, validDuration: 1s, maxAmount: -1 }]'), []);
  });

  test('are refused in the order and the words of Mixer', () => {
    assert.deepEqual(problems('redisServerUrl: ""\nconnectionPoolSize: -10'), [
      'quotas: quota should not be empty',
      'connectionPoolSize: connection_pool_size of -10 is invalid, must be > 0',
      'redisServerUrl: redis_server_url should not be empty',
    ]);
    assert.deepEqual(problems('quotas: [{ validDuration: 0s, overrides: [{}] }]'), [
      'quotas[0].name: quotas.name should not be empty',
    ]);
    assert.deepEqual(problems('quotas: [{ name: q, overrides: [{}] }]'), [
      'quotas[0].validDuration: quotas.valid_duration should be bigger must be > 0',
    ]);
    assert.deepEqual(
      problems('quotas: [{ name: q, validDuration: 1m, overrides: [{}] }, { name: r, validDuration: -1s }]'),
      [
        'quotas[0].overrides[0].maxAmount: quotas.overrides.max_amount must be > 0',
        'quotas[0].overrides[0].dimensions: quotas.overrides.dimensions is empty',
        'quotas[1].validDuration: quotas.valid_duration should be bigger must be > 0',
      ],
    );
  });

  test('need a bucket shorter than the window for a rolling window only', () => {
    const quota = (more: string) => `quotas: [{ name: q, validDuration: 1m, ${more} }]`;
    assert.deepEqual(problems(quota('rateLimitAlgorithm: ROLLING_WINDOW')), [
      'quotas[0].bucketDuration: quotas.bucket_duration should be > 0 for ROLLING_WINDOW algorithm',
    ]);
    assert.deepEqual(problems(quota('rateLimitAlgorithm: ROLLING_WINDOW, bucketDuration: 2m')), [
      'quotas[0].validDuration: quotas.valid_duration: 1m0s should be longer than quotas.bucket_duration: 2m0s ' +
        'for ROLLING_WINDOW algorithm',
    ]);
    assert.deepEqual(problems(quota('bucketDuration: 2m')), []);
  });

  test('draw a warning where nothing can ever be granted', () => {
    const warningsOf = (quota: string): readonly string[] => {
      const { config } = decodeParams(redisquota, `quotas: [{ name: q, validDuration: 1s, ${quota} }]`);
      const found: string[] = [];
      redisquota.validate?.(config, (path, message, severity) => void found.push(`${severity} ${path}: ${message}`));
      return found;
    };
    const warning = 'warning quotas[0].maxAmount: is not more than 0, so that nothing is ever granted';
    assert.deepEqual(warningsOf(''), [warning]);
    assert.deepEqual(warningsOf('maxAmount: -1'), [warning]);
    assert.deepEqual(warningsOf('overrides: [{ dimensions: { a: b }, maxAmount: 1 }]'), []);
  });

  test('need addresses that fit the mode', () => {
    const server = (more: string) => problems(`quotas: [{ name: q, validDuration: 1s }]\n${more}`);
    assert.deepEqual(server('redisServerUrl: "a:1,b:2"'), [
      'redisServerUrl: several addresses need the mode SENTINEL or CLUSTER',
    ]);
    assert.deepEqual(server('redisServerUrl: "a:1,b:2"\nmode: CLUSTER'), []);
    assert.deepEqual(server('redisServerUrl: "redis://a/1"\nmode: CLUSTER'), [
      'redisServerUrl: a cluster has no database but 0',
    ]);
    assert.deepEqual(server('sentinelName: a'), ['sentinelName: goes with the mode SENTINEL, which needs it']);
  });
});
