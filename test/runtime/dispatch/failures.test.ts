import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinedError, joinFailures } from '../../../src/runtime/dispatch/failures.js';

describe('joinFailures()', () => {
  it('lays out one failure', () => assert.equal(joinFailures(['a']), '1 error occurred:\n\t* a\n\n'));

  it('lays out several failures', () => {
    assert.equal(joinFailures(['a', 'b']), '2 errors occurred:\n\t* a\n\t* b\n\n');
  });

  it('only counts what no header could carry', () => {
    const text = joinFailures(Array.from({ length: 1000 }, (_, i) => `${i}: ${'x'.repeat(100)}`));
    assert.ok(text.length < 5000);
    assert.match(text, /^1000 errors occurred:\n/);
    assert.match(text, /\n\t\* \.\.\. and 9\d\d more\n\n$/);
  });
});

describe('joinedError()', () => {
  it('names the step', () => {
    const error = joinedError('PREPROCESS_FAILED', 'preprocessing attributes failed', ['a']);
    assert.equal(error.code, 'PREPROCESS_FAILED');
    assert.equal(error.rawMessage, 'preprocessing attributes failed: 1 error occurred:\n\t* a\n\n');
  });

  it('starts with the count when no step is named', () => {
    assert.match(joinedError('DISPATCH_FAILED', '', ['a']).rawMessage, /^1 error/);
  });
});
