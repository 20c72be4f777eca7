import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDeadline } from '../../../src/runtime/handlers/with-deadline.js';
import { ManualTime } from '../../support/manual-time.js';

const never = new Promise<string>(() => undefined);

describe('withDeadline', () => {
  it('passes a value on without a timer', async () => {
    const time = new ManualTime();
    assert.equal(await withDeadline('a', { timers: time, millis: 5, what: 'it' }), 'a');
    assert.equal(time.pending, 0);
  });

  it('passes a result on and takes its timer back', async () => {
    const time = new ManualTime();
    assert.equal(await withDeadline(Promise.resolve('a'), { timers: time, millis: 5, what: 'it' }), 'a');
    await assert.rejects(withDeadline(Promise.reject(new Error('no')), { timers: time, millis: 5, what: 'it' }), /no/);
    assert.equal(time.pending, 0);
  });

  it('makes an error of whatever is thrown', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- adapters may
    const odd = Promise.reject('text');
    await assert.rejects(withDeadline(odd, { timers: new ManualTime(), millis: 5, what: 'it' }), /^Error: text$/);
  });

  it('gives up at the deadline', async () => {
    const time = new ManualTime();
    const done = withDeadline(never, { timers: time, millis: 5, what: 'build' });
    const rejected = assert.rejects(done, /^Error: build took longer than 5 ms$/);
    await time.advance(5);
    await rejected;
  });

  it('hands over what comes too late', async () => {
    const time = new ManualTime();
    let open: (value: string) => void = () => undefined;
    const slow = new Promise<string>((resolve) => {
      open = resolve;
    });
    const late: string[] = [];
    const done = withDeadline(slow, { timers: time, millis: 5, what: 'it', onLate: (value) => late.push(value) });
    const rejected = assert.rejects(done);
    await time.advance(5);
    await rejected;
    open('late');
    await time.advance(0);
    assert.deepEqual(late, ['late']);
  });
});
