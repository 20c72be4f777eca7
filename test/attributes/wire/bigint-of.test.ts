import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { bigintOf } from '../../../src/attributes/wire/bigint-of.js';

it('bigintOf() converts every safe integer, also after others of the same place in its table', () => {
  const number = fc.oneof(fc.maxSafeInteger(), fc.nat(5000), fc.constantFrom(0, 4096, 8192, -4096));
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      for (const value of numbers) assert.equal(bigintOf(value), BigInt(value));
    }),
  );
});
