import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { LineQueue } from '../../../src/adapters/stdio/line-queue.js';
import { fakeEnv } from '../../../src/testing/index.js';
import { MemoryFile } from './memory-file.js';

function setup(limit?: number) {
  const env = fakeEnv();
  const file = new MemoryFile();
  const queue = new LineQueue(file, env, limit);
  return { env, file, queue, push: (text: string) => queue.push(Buffer.from(text), 1) };
}

function hold(file: MemoryFile): () => void {
  let open: () => void = () => undefined;
  file.gate = new Promise((resolve) => (open = resolve));
  return open;
}

describe('LineQueue', () => {
  it('writes in order, together what came in during a write', async () => {
    const { file, push } = setup();
    const open = hold(file);
    for (const text of ['a\n', 'b\n', 'c\n']) assert.equal(push(text), undefined);
    open();
    await turn();
    assert.deepEqual(file.appends, ['a\n', 'b\nc\n']);
  });

  it('holds no more than its limit, counts what it drops and says so', async () => {
    const { env, file, push } = setup(4);
    const open = hold(file);
    assert.equal(push('a\n'), undefined);
    assert.equal(push('b\n'), undefined);
    assert.equal(push('c\n'), 'dropped 1 lines: 4 bytes are waiting to be written');
    open();
    await turn();
    assert.equal(push('d\n'), undefined);
    await turn();
    assert.deepEqual(file.lines(), ['a', 'b', 'd']);
    assert.equal(env.measured.get('dropped_lines_total{reason="queue_full"}'), 1);
  });

  it('takes nothing that alone is beyond the limit', () => {
    assert.match(setup(4).push('too long\n') ?? '', /^dropped 1 lines/);
  });

  it('writes what is queued before it closes the file, and nothing afterwards', async () => {
    const { env, file, queue, push } = setup();
    const open = hold(file);
    push('a\n');
    push('b\n');
    const closing = queue.close();
    await turn();
    assert.equal(file.closed, false);
    open();
    await closing;
    assert.deepEqual(file.lines(), ['a', 'b']);
    assert.equal(file.closed, true);
    assert.equal(push('c\n'), 'dropped 1 lines: the handler is closed');
    assert.equal(env.measured.get('dropped_lines_total{reason="closed"}'), 1);
  });

  it('tries again after a failure, and logs once', async () => {
    const { env, file, push } = setup();
    file.failure = new Error('no space left');
    push('a\n');
    await turn();
    assert.equal(push('b\n'), 'could not write 1 lines: no space left');
    await turn();
    assert.equal(env.logged.length, 1);
    file.failure = undefined;
    push('c\n');
    await turn();
    assert.deepEqual(file.lines(), ['c']);
  });
});
