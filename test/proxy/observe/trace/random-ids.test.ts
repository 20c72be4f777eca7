import assert from 'node:assert/strict';
import { it } from 'node:test';
import { randomSpanId } from '../../../../src/proxy/observe/trace/random-ids.js';

it('random ids are 16 digits, and never the same', () => {
  const ids = Array.from({ length: 2000 }, randomSpanId);
  for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
  assert.equal(new Set(ids).size, ids.length);
});
