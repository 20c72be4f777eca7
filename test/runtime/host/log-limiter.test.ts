import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LogLimiter } from '../../../src/runtime/host/log-limiter.js';

describe('LogLimiter', () => {
  it('lets one line through per interval and counts the others', () => {
    let now = 0;
    const limiter = new LogLimiter(() => now, 100);
    assert.equal(limiter.permit(), 0);
    assert.equal(limiter.permit(), undefined);
    now = 99;
    assert.equal(limiter.permit(), undefined);
    now = 100;
    assert.equal(limiter.permit(), 2);
    now = 200;
    assert.equal(limiter.permit(), 0);
  });
});
