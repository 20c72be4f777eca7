import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { LogSink } from '../../../../src/proxy/observe/access-log/log-output.js';
import { createLogOutputs } from '../../../../src/proxy/observe/access-log/log-outputs.js';
import { settle } from '../../../support/manual-time.js';
import { tempFolder } from '../../../support/temp-folder.js';
import { testEnv } from '../fixture.js';

class MemorySink implements LogSink {
  readonly writes: string[] = [];
  fail = false;
  gate: Promise<void> | undefined;
  closed = false;

  async append(bytes: Buffer): Promise<void> {
    await this.gate;
    if (this.fail) throw new Error('disk full');
    this.writes.push(bytes.toString());
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function make() {
  const env = testEnv();
  const sink = new MemorySink();
  return { env, sink, outputs: createLogOutputs(env, () => sink) };
}

describe('log outputs', () => {
  it('are one for each path', () => {
    const { outputs } = make();
    assert.equal(outputs.open('/a'), outputs.open('/a'));
    assert.notEqual(outputs.open('/a'), outputs.open('/b'));
  });

  it('write lines together, after a while', async () => {
    const { env, sink, outputs } = make();
    const output = outputs.open('/a');
    for (const text of ['1\n', '2\n', '3\n']) output.write(text);
    await env.time.advance(249);
    assert.deepEqual(sink.writes, []);
    await env.time.advance(1);
    assert.deepEqual(sink.writes, ['1\n2\n3\n']);
    assert.equal(env.time.pending, 0);
  });

  it('write at once when there is much', async () => {
    const { sink, outputs } = make();
    outputs.open('/a').write('x'.repeat(64 * 1024));
    await settle();
    assert.equal(sink.writes.length, 1);
  });

  it('write once at a time, and gather meanwhile', async () => {
    const { env, sink, outputs } = make();
    const output = outputs.open('/a');
    let open = (): void => undefined;
    sink.gate = new Promise((resolve) => (open = resolve));
    output.write('1\n');
    await env.time.advance(250);
    output.write('2\n');
    output.write('3\n');
    open();
    await outputs.flush();
    assert.deepEqual(sink.writes, ['1\n', '2\n3\n']);
  });

  it('drop and count what is beyond their bound', async () => {
    const { sink, outputs } = make();
    const output = outputs.open('/a');
    sink.gate = new Promise(() => undefined);
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 18; count++) output.write(megabyte);
    assert.equal(outputs.dropped, 1);
  });

  it('go on after a failure, of which they tell once', async () => {
    const { env, sink, outputs } = make();
    const output = outputs.open('/a');
    sink.fail = true;
    for (const text of ['1\n', '2\n']) {
      output.write(text);
      await outputs.flush();
    }
    assert.deepEqual(env.warnings, ['access log cannot be written']);
    assert.equal(outputs.dropped, 2);
    sink.fail = false;
    output.write('3\n');
    await outputs.flush();
    assert.deepEqual(sink.writes, ['3\n']);
  });

  it('write the rest when they are closed', async () => {
    const { sink, outputs } = make();
    outputs.open('/a').write('1\n');
    await outputs.close();
    assert.deepEqual([sink.writes, sink.closed], [['1\n'], true]);
  });
});

describe('a log file', () => {
  const folder = tempFolder({ 'old.log': 'before\n' });

  it('is appended to, and opened anew when it was moved away', async () => {
    const env = testEnv();
    const outputs = createLogOutputs(env);
    const path = join(folder, 'old.log');
    const output = outputs.open(path);
    output.write('1\n');
    await outputs.flush();
    renameSync(path, join(folder, 'rotated.log'));
    output.write('2\n');
    await outputs.flush();
    await env.time.advance(1000);
    output.write('3\n');
    await outputs.close();
    assert.equal(readFileSync(join(folder, 'rotated.log'), 'utf8'), 'before\n1\n2\n');
    assert.equal(readFileSync(path, 'utf8'), '3\n');
  });

  it('may be missing for now', async () => {
    const env = testEnv();
    const outputs = createLogOutputs(env);
    outputs.open(join(folder, 'no', 'such', 'folder')).write('1\n');
    await outputs.close();
    assert.deepEqual(env.warnings, ['access log cannot be written']);
  });
});
