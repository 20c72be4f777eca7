import assert from 'node:assert/strict';
import { it } from 'node:test';
import { waitAfter } from '../../../src/proxy/xds/back-off.js';

const limits = { baseMillis: 500, maxMillis: 30_000 };

it('waits twice as long after each failure, up to a bound, and by chance as little as half of it', () => {
  const longest = [0, 1, 2, 5, 6, 1000].map((failures) => waitAfter(failures, { ...limits, random: () => 1 }));
  assert.deepEqual(longest, [500, 1000, 2000, 16_000, 30_000, 30_000]);
  assert.equal(waitAfter(1, { ...limits, random: () => 0 }), 500);
});
