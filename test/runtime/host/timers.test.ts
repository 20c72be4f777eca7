import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemTimers } from '../../../src/runtime/host/timers.js';

describe('systemTimers', () => {
  it('runs work later', async () => {
    // The timer itself does not keep the process alive, so something else must.
    const alive = setInterval(() => undefined, 1000);
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      systemTimers.after(1, () => {
        order.push('work');
        resolve();
      });
      order.push('returned');
    });
    clearInterval(alive);
    assert.deepEqual(order, ['returned', 'work']);
  });

  it('takes delays longer than Node can', async () => {
    let ran = false;
    const cancel = systemTimers.after(2 ** 40, () => {
      ran = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    cancel();
    assert.equal(ran, false);
  });
});
