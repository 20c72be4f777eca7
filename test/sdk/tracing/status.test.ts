import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeName, statusOfHttp } from '../../../src/sdk/tracing/index.js';

const rows: readonly (readonly [bigint, number, string])[] = [
  [100n, 2, 'UNKNOWN'],
  [199n, 2, 'UNKNOWN'],
  [200n, 0, 'OK'],
  [302n, 0, 'OK'],
  [399n, 0, 'OK'],
  [400n, 3, 'INVALID_ARGUMENT'],
  [401n, 16, 'UNAUTHENTICATED'],
  [402n, 2, 'UNKNOWN'],
  [403n, 7, 'PERMISSION_DENIED'],
  [404n, 5, 'NOT_FOUND'],
  [429n, 8, 'RESOURCE_EXHAUSTED'],
  [499n, 1, 'CANCELLED'],
  [500n, 2, 'UNKNOWN'],
  [501n, 12, 'UNIMPLEMENTED'],
  [503n, 14, 'UNAVAILABLE'],
  [504n, 4, 'DEADLINE_EXCEEDED'],
  [2n ** 62n, 2, 'UNKNOWN'],
];

for (const [http, code, message] of rows) {
  test(`HTTP ${http} is ${message}`, () => {
    assert.deepEqual(statusOfHttp(http), { code, message });
    assert.equal(codeName(code), message);
  });
}

test('without an HTTP status there is no status', () => {
  for (const code of [undefined, 0n, -200n]) assert.equal(statusOfHttp(code), undefined);
});
