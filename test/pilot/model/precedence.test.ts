import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareAge } from '../../../src/pilot/model/precedence.js';

it('the older stands first, then what comes first by name and namespace', () => {
  const of = (createdAt: number, name: string, namespace: string) => ({ createdAt, name, namespace });
  const sorted = [of(0, 'z', 'z'), of(1, 'a', 'b'), of(1, 'a', 'c'), of(1, 'b', 'a'), of(2, 'a', 'a')];
  assert.deepEqual(sorted.toReversed().sort(compareAge), sorted);
});
