import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createDescriptorFile } from '../../../src/adapters/stdio/descriptor-file.js';
import { LineWriter } from '../../../src/adapters/stdio/log-file.js';
import { fakeEnv } from '../../../src/testing/index.js';

const failWith = (code: string) => Object.assign(new Error(code), { code });

/** Writes at most so many bytes a time; an error in the plan is thrown instead. */
function partial(plan: (number | Error)[]) {
  let text = '';
  const write = async (bytes: Uint8Array): Promise<number> => {
    const step = plan.shift() ?? bytes.length;
    if (typeof step !== 'number') throw step;
    text += Buffer.from(bytes.subarray(0, step)).toString();
    return Math.min(step, bytes.length);
  };
  return { write, text: () => text };
}

describe('LineWriter', () => {
  it('makes whole writes of partial ones', async () => {
    const { write, text } = partial([1, 2]);
    await new LineWriter(write).write(Buffer.from('hello\n'));
    assert.equal(text(), 'hello\n');
  });

  it('starts a new line after it broke off inside one', async () => {
    const { write, text } = partial([4, failWith('ENOSPC'), failWith('ENOSPC')]);
    const writer = new LineWriter(write);
    await assert.rejects(writer.write(Buffer.from('one\ntwo\n').subarray(2)));
    await assert.rejects(writer.write(Buffer.from('lost\n')));
    await writer.write(Buffer.from('three\n'));
    assert.equal(text(), 'e\ntw\nthree\n');
  });

  it('adds nothing when it broke off between lines', async () => {
    const { write, text } = partial([4, failWith('ENOSPC')]);
    const writer = new LineWriter(write);
    await assert.rejects(writer.write(Buffer.from('one\ntwo\n')));
    await writer.write(Buffer.from('three\n'));
    assert.equal(text(), 'one\nthree\n');
  });
});

describe('createDescriptorFile()', () => {
  it('waits for a slow reader', async () => {
    const env = fakeEnv();
    const { write, text } = partial([failWith('EAGAIN'), failWith('EAGAIN')]);
    const done = createDescriptorFile(write, env).append(Buffer.from('a\n'));
    await turn();
    assert.equal(text(), '');
    await env.clock.advance(10);
    await env.clock.advance(10);
    await done;
    assert.equal(text(), 'a\n');
  });

  it('waits no longer once the handler is about to close', async () => {
    const env = fakeEnv();
    const { write } = partial(Array<Error>(9).fill(failWith('EAGAIN')));
    const done = createDescriptorFile(write, env).append(Buffer.from('a\n'));
    await turn();
    env.abort();
    await assert.rejects(done, { code: 'EAGAIN' });
    assert.equal(env.schedule.pending, 0);
  });

  it('fails when the reader is gone', async () => {
    const { write } = partial([failWith('EPIPE')]);
    await assert.rejects(createDescriptorFile(write, fakeEnv()).append(Buffer.from('a\n')), { code: 'EPIPE' });
  });
});
