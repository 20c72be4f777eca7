import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Duration } from 'fairlead/sdk';
import type { Algorithm } from '../../../src/adapters/memquota/config.js';
import { FixedWindow } from '../../../src/adapters/memquota/fixed-window.js';
import { Holding } from '../../../src/adapters/memquota/holding.js';
import { createChooser, type Limit } from '../../../src/adapters/memquota/limits.js';
import { RollingWindow } from '../../../src/adapters/memquota/rolling-window.js';
import { TokenBucket } from '../../../src/adapters/memquota/token-bucket.js';

const override = (maxAmount: bigint, dimensions: Record<string, string>) => ({
  maxAmount,
  validDuration: Duration.zero,
  dimensions: new Map(Object.entries(dimensions)),
});

const quota = (...overrides: ReturnType<typeof override>[]) => ({
  name: 'q',
  maxAmount: 100n,
  validDuration: Duration.fromSeconds(1),
  rateLimitAlgorithm: 'ROLLING_WINDOW' as Algorithm,
  overrides,
});

const maxOf = (limit: Limit): bigint => limit.createCell().take(2n ** 64n, 0, true);

describe('createChooser()', () => {
  test('chooses the quota itself when no override fits', () => {
    const choose = createChooser(quota(override(1n, { source: 'a' }), override(2n, { source: 'b', target: 'c' })));
    assert.equal(maxOf(choose({ source: 'b', target: 'd' })), 100n);
    assert.equal(maxOf(choose({})), 100n);
  });

  test('chooses the first override that fits', () => {
    const choose = createChooser(quota(override(1n, { source: 'a', target: 'b' }), override(2n, { source: 'a' })));
    assert.equal(maxOf(choose({ source: 'a', target: 'b' })), 1n);
    assert.equal(maxOf(choose({ source: 'a', target: 'c' })), 2n);
  });

  test('fits everything when an override has no dimensions', () => {
    assert.equal(maxOf(createChooser(quota(override(1n, {})))({ source: 'a' })), 1n);
  });

  test('compares values by what they are', () => {
    const choose = createChooser(quota(override(1n, { ip: '192.10.1.118' }), override(2n, { size: '007' })));
    assert.equal(maxOf(choose({ ip: Uint8Array.of(192, 10, 1, 118), size: 0n })), 1n);
    assert.equal(maxOf(choose({ ip: Uint8Array.of(192, 10, 1, 119), size: 7n })), 2n);
  });

  test('takes an absent dimension for the empty text', () => {
    assert.equal(maxOf(createChooser(quota(override(1n, { constructor: '' })))(Object.create(null))), 1n);
  });

  test("counts overrides as the quota's algorithm says, and what has no duration as held", () => {
    for (const [rateLimitAlgorithm, cell] of [
      ['ROLLING_WINDOW', RollingWindow],
      ['FIXED_WINDOW', FixedWindow],
      ['TOKEN_BUCKET', TokenBucket],
    ] as const) {
      const lasting = { ...override(1n, { a: 'x' }), validDuration: Duration.fromSeconds(5) };
      const choose = createChooser({ ...quota(lasting, override(1n, { a: 'y' })), rateLimitAlgorithm });
      assert.ok(choose({}).createCell() instanceof cell);
      assert.ok(choose({ a: 'x' }).createCell() instanceof cell);
      assert.ok(choose({ a: 'y' }).createCell() instanceof Holding);
    }
    const negative = { ...quota(), validDuration: Duration.fromSeconds(-1) };
    assert.ok(createChooser(negative)({}).createCell() instanceof Holding);
  });

  test('makes windows of 100 ms ticks, shorter ones of tenths, none finer than 1 ms', () => {
    for (const [duration, tick, freed] of [
      ['1h', 100_000, 3_600_100_000],
      ['1s', 100_000, 1_100_000],
      ['1.5s', 100_000, 1_600_000],
      ['1.55s', 100_000, 1_650_000],
      ['100ms', 10_000, 110_000],
      ['25ms', 2500, 27_500],
      ['1ms', 1000, 2000],
      ['1ns', 1000, 1001],
    ] as const) {
      const choose = createChooser({ ...quota(), validDuration: Duration.parse(duration) ?? Duration.zero });
      for (const start of [0, 1, tick - 1]) {
        const cell = choose({}).createCell();
        cell.take(100n, start, false);
        assert.equal(cell.take(1n, freed - 1, true), 0n, `${duration}, taken at ${start}`);
        assert.equal(cell.take(1n, freed, true), 1n, `${duration}, taken at ${start}`);
      }
    }
  });
});
