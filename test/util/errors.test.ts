import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MixerError } from '../../src/util/errors.js';
import { invariant } from '../../src/util/invariant.js';

describe('MixerError', () => {
  it('keeps the cause', () => {
    const cause = new Error('disk full');
    const error = MixerError.from(cause, 'LISTEN_FAILED');
    assert.deepEqual([error.code, error.rawMessage, error.cause], ['LISTEN_FAILED', 'disk full', cause]);
  });

  it('passes one of its own through unchanged', () => {
    const error = new MixerError('USAGE', 'no such flag');
    assert.equal(MixerError.from(error, 'INTERNAL'), error);
  });

  it('takes whatever was thrown', () => {
    assert.equal(MixerError.from('text').rawMessage, 'text');
    assert.equal(MixerError.from(undefined).rawMessage, 'undefined');
  });
});

describe('invariant()', () => {
  it('throws with its message when the condition does not hold', () => {
    assert.throws(() => invariant(false, 'slots are dense'), /invariant broken: slots are dense/);
    invariant(true, 'never seen');
  });
});
