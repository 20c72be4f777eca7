import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { BodyWriter } from '../../../src/proxy/http1/body-writer.js';
import { Output } from '../../../src/proxy/http1/output.js';

/** Keeps what is written; lets it go on when told to. */
class Sink extends Writable {
  readonly chunks: string[] = [];
  #next: (() => void)[] = [];
  constructor(readonly isSlow = false) {
    super({ highWaterMark: 1000, decodeStrings: true });
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk.toString('latin1'));
    if (this.isSlow) this.#next.push(done);
    else done();
  }
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), '', done);
  }
  go(): void {
    for (const next of this.#next.splice(0)) next();
  }
}

function outputTo(sink: Sink): Output {
  return new Output(sink as unknown as Socket);
}

test('what is written in one turn goes out together, in order, at its end', async () => {
  const sinks = [new Sink(), new Sink()];
  for (const sink of sinks) {
    const output = outputTo(sink);
    output.add('head \xe4 ');
    output.add(Buffer.from('body '));
    output.add('end');
    assert.deepEqual(sink.chunks, []);
  }
  await turn();
  for (const sink of sinks) assert.deepEqual(sink.chunks, ['head \xe4 body end']);
});

test('much goes out at once, without being put together, and still in order', async () => {
  const sink = new Sink();
  const output = outputTo(sink);
  const large = 'x'.repeat(20_000);
  output.add('a');
  output.add(Buffer.from(large));
  output.add('b');
  await turn();
  assert.ok(sink.chunks.join('') === `a${large}b`);
  output.add('c');
  output.flush();
  assert.equal(sink.chunks.at(-1), 'c');
  await turn();
  assert.equal(sink.chunks.at(-1), 'c');
});

test('a slow reader is told of as long as it is slow', async () => {
  const sink = new Sink(true);
  const output = outputTo(sink);
  assert.equal(output.add('x'.repeat(2000)), true);
  assert.equal(output.flush(), false);
  assert.equal(output.add('y'), false);
  const drained = once(sink, 'drain');
  await turn();
  sink.go();
  await turn();
  sink.go();
  await drained;
  assert.equal(output.add('z'), true);
});

test('nothing is written to a connection that has ended or is gone', async () => {
  for (const end of [(sink: Sink) => sink.end(), (sink: Sink) => sink.destroy()]) {
    const sink = new Sink();
    sink.on('error', (error) => assert.fail(error));
    const output = outputTo(sink);
    output.add('late');
    end(sink);
    await turn();
    assert.deepEqual(sink.chunks, []);
  }
});

test('a body is written in chunks, and an empty chunk is not its end', () => {
  const sink = new Sink();
  const output = outputTo(sink);
  const chunked = new BodyWriter(output, true);
  chunked.write(Buffer.from('0123456789'));
  chunked.write(Buffer.alloc(0));
  chunked.write(Buffer.from('a'));
  chunked.end('x: y\r\n');
  const plain = new BodyWriter(output, false);
  plain.write(Buffer.from('plain'));
  plain.end('x: y\r\n');
  output.flush();
  assert.equal(sink.chunks.join(''), 'a\r\n0123456789\r\n1\r\na\r\n0\r\nx: y\r\n\r\nplain');
});
