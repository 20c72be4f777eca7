import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHttpStatus } from '../../../src/adapters/denier/http-status.js';

describe('parseHttpStatus()', () => {
  const rows: readonly (readonly [unknown, number | undefined])[] = [
    [404n, 404],
    [404, 404],
    ['NotFound', 404],
    ['Empty', 0],
    [0n, 0],
    [299n, 299],
    [99n, undefined],
    [600n, undefined],
    [-1n, undefined],
    [404.5, undefined],
    ['notfound', undefined],
    ['404', undefined],
    ['__proto__', undefined],
    [true, undefined],
    [null, undefined],
  ];
  for (const [value, code] of rows) {
    test(`${code === undefined ? 'refuses' : 'reads'} the ${typeof value} ${String(value)}`, () => {
      assert.equal(parseHttpStatus(value), code);
    });
  }
});
