import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp } from '../../src/attributes/index.js';
import { equalValues } from '../../src/expr/equal-values.js';

describe('equalValues()', () => {
  it('compares by the rules of the type', () => {
    assert.equal(equalValues('STRING', 'A', 'a'), false);
    assert.equal(equalValues('DNS_NAME', 'A', 'a.'), true);
    assert.equal(equalValues('INT64', 2n ** 63n - 1n, 2n ** 63n - 1n), true);
    assert.equal(equalValues('DOUBLE', NaN, NaN), false);
    assert.equal(equalValues('DOUBLE', 0, -0), true);
    assert.equal(equalValues('TIMESTAMP', new Timestamp(1, 2), new Timestamp(1, 2)), true);
    assert.equal(equalValues('TIMESTAMP', new Timestamp(1, 2), new Timestamp(1, 3)), false);
    assert.equal(equalValues('DURATION', new Duration(1, 2), new Duration(1, 2)), true);
    assert.equal(equalValues('IP_ADDRESS', new Uint8Array(4), new Uint8Array(4)), true);
  });
});
