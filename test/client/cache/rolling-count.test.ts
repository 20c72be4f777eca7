import assert from 'node:assert/strict';
import { it } from 'node:test';

import { RollingCount } from '../../../src/client/cache/rolling-count.js';

it('counts what happened within the window', () => {
  const count = new RollingCount(1000, 20);
  count.add(3, 0);
  count.add(4, 949);
  assert.equal(count.count(999), 7);
  assert.equal(count.count(1000), 4);
  assert.equal(count.count(1899), 4);
  assert.equal(count.count(1950), 0);
  count.add(1, 100_000);
  assert.equal(count.count(100_000), 1);
});
