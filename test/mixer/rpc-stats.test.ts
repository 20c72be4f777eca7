import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Distribution, RpcStats } from '../../src/mixer/rpc-stats.js';

describe('Distribution', () => {
  it('counts a value in the first bucket whose bound it does not exceed', () => {
    const values = new Distribution([1, 10]);
    for (const value of [0, 1, 2, 10, 11]) values.observe(value);
    assert.deepEqual(values.counts, [2, 2, 1]);
    assert.equal(values.count, 5);
    assert.equal(values.sum, 24);
  });
});

describe('RpcStats', () => {
  it('counts calls by the name of their status', () => {
    const stats = new RpcStats('a/B');
    stats.complete(0, 1);
    stats.complete(0, 2);
    stats.complete(13, 3);
    assert.deepEqual(
      [...stats.completed()],
      [
        ['OK', 2],
        ['INTERNAL', 1],
      ],
    );
    assert.equal(stats.latency.sum, 6);
  });

  it('counts a status that gRPC does not know as UNKNOWN', () => {
    const stats = new RpcStats('a/B');
    stats.complete(4711, 1);
    assert.deepEqual([...stats.completed()], [['UNKNOWN', 1]]);
  });
});
