import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { BodyReader } from '../../../src/proxy/upstream/body-reader.js';

async function textOf(reader: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of reader) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('all of a stream is read', async () => {
  assert.equal(await textOf(new BodyReader(Readable.from([Buffer.from('ab'), Buffer.from('c')]))), 'abc');
});

test('nothing is taken before it is read', async () => {
  const source = new PassThrough();
  source.end('abc');
  const unused = new BodyReader(source);
  await new Promise(setImmediate);
  unused.destroy();
  assert.equal(source.readableLength, 3);
  assert.equal(await textOf(new BodyReader(source)), 'abc');
});

test('a reader that is not read stops the stream', async () => {
  let given = 0;
  const source = new Readable({
    read() {
      given++;
      this.push(Buffer.alloc(16_384));
    },
  });
  const reader = new BodyReader(source);
  reader.read(0);
  await once(reader, 'readable');
  await new Promise(setImmediate);
  assert.ok(given < 20, `${given} given`);
  assert.equal(source.isPaused(), true);
  reader.destroy();
  await once(reader, 'close');
  assert.equal(source.destroyed, false);
  assert.equal(source.listenerCount('data'), 0);
});

test('a stream that breaks off, or fails, breaks the reader', async () => {
  for (const cause of [undefined, new Error('broken')]) {
    const source = new PassThrough();
    const reader = new BodyReader(source);
    reader.resume();
    await new Promise(setImmediate);
    source.destroy(cause);
    const [error] = (await once(reader, 'error')) as [Error];
    assert.match(error.message, cause === undefined ? /cut short/ : /broken/);
  }
});

test('a stream that is over already is an empty body, or a broken one', async () => {
  const ended = Readable.from([]);
  ended.resume();
  await once(ended, 'end');
  assert.equal(await textOf(new BodyReader(ended)), '');
  const destroyed = new PassThrough();
  destroyed.destroy();
  await assert.rejects(textOf(new BodyReader(destroyed)), /cut short/);
});
