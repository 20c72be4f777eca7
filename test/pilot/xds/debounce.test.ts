import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Change, createDebouncer } from '../../../src/pilot/xds/index.js';
import { ManualTime } from '../../support/manual-time.js';

function start() {
  const time = new ManualTime();
  const pushes: Change[] = [];
  const env = { now: () => time.elapsed, after: (millis: number, work: () => void) => time.after(millis, work) };
  const debouncer = createDebouncer(env, { quietMillis: 100, maxMillis: 1000 }, (change) => pushes.push(change));
  return { time, pushes, debouncer };
}

describe('gathering changes', () => {
  it('makes one change of those of endpoints', async () => {
    const { time, pushes, debouncer } = start();
    debouncer.add({ kind: 'endpoints', names: new Set(['a']) });
    debouncer.add({ kind: 'endpoints', names: new Set(['b']) });
    await time.advance(100);
    assert.deepEqual(pushes, [{ kind: 'endpoints', names: new Set(['a', 'b']) }]);
  });

  it('makes everything of a change of everything and any other', async () => {
    const { time, pushes, debouncer } = start();
    debouncer.add({ kind: 'full' });
    debouncer.add({ kind: 'endpoints', names: new Set(['b']) });
    await time.advance(100);
    assert.deepEqual(pushes, [{ kind: 'full' }]);
  });

  it('begins anew after a push, and ends when it is closed', async () => {
    const { time, pushes, debouncer } = start();
    for (let count = 0; count < 2; count += 1) {
      debouncer.add({ kind: 'full' });
      await time.advance(100);
    }
    assert.equal(pushes.length, 2);
    debouncer.add({ kind: 'full' });
    debouncer.close();
    await time.advance(5000);
    assert.equal(pushes.length, 2);
    assert.equal(time.pending, 0);
  });
});
