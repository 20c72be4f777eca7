import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lookupFailed } from '../../src/expr/lookup-failed.js';

describe('lookupFailed()', () => {
  it('names the attribute', () => {
    const { kind, subject, message } = lookupFailed('a.b');
    assert.deepEqual([kind, subject, message], ['LOOKUP_FAILED', 'a.b', "attribute 'a.b' is absent"]);
  });
});
