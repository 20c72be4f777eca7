import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import memquota from 'fairlead/adapters/memquota';
import { decodeParams } from 'fairlead/testing';

/** The problems of some parameters, as `path: text`. */
function problemsOf(params: string): readonly string[] {
  return decodeParams(memquota, params).problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('memquota parameters', () => {
  test('need a deduplication period', () => {
    assert.deepEqual(problemsOf('minDeduplicationDuration: 0s'), ['minDeduplicationDuration: must be more than 0']);
    assert.deepEqual(problemsOf('minDeduplicationDuration: 1ns'), []);
  });

  test('need durations where the algorithm counts in one', () => {
    for (const algorithm of ['TOKEN_BUCKET', 'FIXED_WINDOW']) {
      const overrides = 'overrides: [{ maxAmount: 1, validDuration: 1s }, { maxAmount: 2 }]';
      assert.deepEqual(
        problemsOf(`quotas: [{ name: a }, { name: q, maxAmount: 1, rateLimitAlgorithm: ${algorithm}, ${overrides} }]`),
        [
          `quotas[1].validDuration: must be more than 0 for ${algorithm}`,
          `quotas[1].overrides[1].validDuration: must be more than 0 for ${algorithm}`,
        ],
      );
      assert.deepEqual(problemsOf(`quotas: [{ validDuration: 1s, rate_limit_algorithm: ${algorithm} }]`), []);
    }
  });

  test('do without a duration for an allocation', () => {
    assert.deepEqual(problemsOf('quotas: [{ name: q, rateLimitAlgorithm: ROLLING_WINDOW }]'), []);
  });

  test('draw a warning where nothing can ever be granted', () => {
    const warningsOf = (params: string): readonly string[] => {
      const found: string[] = [];
      memquota.validate?.(decodeParams(memquota, params).config, (path, message, severity) => {
        found.push(`${severity} ${path}: ${message}`);
      });
      return found;
    };
    const warning = 'warning quotas[0].maxAmount: is not more than 0, so that nothing is ever granted';
    assert.deepEqual(warningsOf('quotas: [{ name: q }]'), [warning]);
    assert.deepEqual(warningsOf('quotas: [{ name: q, maxAmount: -1 }]'), [warning]);
    assert.deepEqual(warningsOf('quotas: [{ name: q, overrides: [{ maxAmount: 1 }] }]'), []);
  });

  test("number the algorithms as redisquota's", () => {
    const algorithms = [0, 1, 2].map(
      (number) =>
        decodeParams(memquota, `quotas: [{ validDuration: 1s, rateLimitAlgorithm: ${number} }]`).config.quotas[0]
          ?.rateLimitAlgorithm,
    );
    assert.deepEqual(algorithms, ['FIXED_WINDOW', 'ROLLING_WINDOW', 'TOKEN_BUCKET']);
    assert.equal(decodeParams(memquota, 'quotas: [{}]').config.quotas[0]?.rateLimitAlgorithm, 'ROLLING_WINDOW');
    assert.equal(problemsOf('quotas: [{ rateLimitAlgorithm: LEAKY_BUCKET }]').length, 1);
  });
});
