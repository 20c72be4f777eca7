import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { repeatCalls } from '../../../src/cli/client/repeat-calls.js';

describe('repeatCalls()', () => {
  it('makes each call once, no more at once than wanted', async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await repeatCalls({ repeat: 20, concurrency: 3, rate: -1 }, async (iteration) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      seen.push(iteration);
    });
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, at) => at),
    );
    assert.equal(most, 3);
  });

  it('stops at the first failure and rejects with it', async () => {
    let calls = 0;
    const failing = repeatCalls({ repeat: 10, concurrency: 1, rate: -1 }, async (iteration) => {
      calls++;
      if (iteration === 2) throw new Error('third');
    });
    await assert.rejects(failing, /third/);
    assert.equal(calls, 3);
  });

  it('spreads calls over time when a rate is given', async () => {
    const start = performance.now();
    await repeatCalls({ repeat: 6, concurrency: 6, rate: 100 }, async () => undefined);
    assert.ok(performance.now() - start >= 45);
  });
});
