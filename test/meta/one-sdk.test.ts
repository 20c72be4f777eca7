import assert from 'node:assert/strict';
import { it } from 'node:test';

it('gives one sdk whether it is imported by path or by package name', async () => {
  const byPath = await import('../../src/sdk/index.js');
  const byName = await import('fairlead/sdk');
  assert.equal(byPath.Duration, byName.Duration);
  assert.equal(byPath.defineAdapter, byName.defineAdapter);
});
