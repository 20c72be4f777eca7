import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addFailures, Calls } from '../../../src/runtime/dispatch/calls.js';
import type { Step } from '../../../src/runtime/routing/table.js';
import { MixerError } from '../../../src/util/errors.js';
import { instance } from '../../support/dispatch-fixture.js';

const step = {} as Step;
const builder = instance('i');

describe('Calls', () => {
  it('settles at once when all answers are there', () => {
    const calls = new Calls<{ n: number }>();
    calls.add(step, builder, { n: 1 });
    calls.add(step, builder, { n: 2 });
    assert.deepEqual(
      calls.settle((ended) => ended.length),
      2,
    );
  });

  it('keeps the order of the calls, not of the answers', async () => {
    const calls = new Calls<{ n: number }>();
    let answer = (_value: { n: number }): void => undefined;
    calls.add(
      step,
      builder,
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    calls.add(step, builder, Promise.resolve({ n: 2 }));
    calls.add(step, builder, { n: 3 });
    const settled = calls.settle((ended) => ended.map(({ answer }) => (answer as { n: number }).n));
    assert.ok(settled instanceof Promise);
    answer({ n: 1 });
    assert.deepEqual(await settled, [1, 2, 3]);
  });
});

describe('addFailures()', () => {
  it('adds the messages of the failures in order', () => {
    const messages = ['first'];
    addFailures(messages, [new MixerError('ADAPTER_FAILED', 'a'), {}, new MixerError('ADAPTER_TIMEOUT', 'b')]);
    assert.deepEqual(messages, ['first', 'a', 'b']);
  });
});
