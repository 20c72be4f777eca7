import assert from 'node:assert/strict';
import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { connect } from 'node:net';
import type { UpstreamHandler } from '../../../src/proxy/upstream/types.js';
import { Headers } from '../../../src/proxy/http/headers.js';
import { ReplayBody } from '../../../src/proxy/router/replay-body.js';
import { eventually } from '../../support/peer.js';
import { scriptedCluster, ScriptedEndpoint, serve } from './support.js';

const large = 'x'.repeat(300_000);

async function turns(): Promise<void> {
  for (let count = 0; count < 50; count++) await turn();
}

test('a body may be read again from its beginning while it is still coming', async () => {
  const source = new PassThrough();
  const body = new ReplayBody(source);
  source.write('abc');
  const first = body.read();
  first.once('data', () => first.destroy());
  await turns();
  const second = text(body.read());
  source.end('def');
  assert.equal(await second, 'abcdef');
  assert.equal(await text(body.read()), 'abcdef');
});

test('the slowest reader sets the pace, and one that is gone does not', async () => {
  const source = new PassThrough();
  const body = new ReplayBody(source);
  const [slow, quick] = [body.read(), body.read()];
  const whole = text(quick);
  for (let at = 0; at < large.length; at += 10_000) source.write(large.slice(at, at + 10_000));
  source.end();
  await turns();
  assert.equal(source.readableEnded, false);
  slow.destroy();
  assert.equal((await whole).length, large.length);
});

test('a copy is whole, though it is read after all is over', async () => {
  const source = new PassThrough();
  const body = new ReplayBody(source);
  const copy = body.copy();
  const whole = text(body.read());
  source.end(large);
  assert.equal((await whole).length, large.length);
  body.stop();
  assert.equal((await text(copy)).length, large.length);
});

test('a copy that nobody reads holds up nobody, and breaks off when it is far behind', async () => {
  const source = new PassThrough();
  const body = new ReplayBody(source);
  const copy = body.copy();
  const whole = text(body.read());
  for (let count = 0; count < 10; count++) source.write(large);
  source.end();
  assert.equal((await whole).length, 10 * large.length);
  assert.equal(copy.destroyed, true);
});

test('a body that is stopped is read to its end by whoever wants to', async () => {
  const source = new PassThrough();
  const body = new ReplayBody(source);
  body.read();
  body.stop();
  source.resume();
  source.end(large);
  await turns();
  assert.equal(source.readableEnded, true);
  assert.equal(body.canReplay, false);
});

/** Fails, or answers, without having read the body. */
function hasty(name: string, answer: (handler: UpstreamHandler) => void): ScriptedEndpoint {
  const endpoint = new ScriptedEndpoint(name, ['hang']);
  endpoint.send = ({ body }, handler) => {
    (body as Readable | undefined)?.pause();
    setImmediate(() => answer(handler));
    return { resume: () => undefined, cancel: () => undefined };
  };
  return endpoint;
}

test('a retry has the whole body, though the attempt before it did not read it', { timeout: 60_000 }, async () => {
  const bad = hasty('bad', (handler) => handler.onFailure({ kind: 'refused-stream', reason: 'hasty' }));
  const good = new ScriptedEndpoint('good', ['echo']);
  const retry = { retries: 2, retryOn: ['refused-stream'] };
  const harness = await serve({
    routes: [{ forward: { clusters: [{ name: 'c', weight: 1 }], retry } }],
    clusters: [scriptedCluster('c', [bad, good])],
  });
  const socket = connect(harness.port, '127.0.0.1');
  try {
    let got = '';
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${large.length}\r\n\r\n${large}`);
    await eventually(async () => {
      await harness.clock.advance(100);
      return got.length > large.length ? true : undefined;
    });
    assert.match(got, /^HTTP\/1.1 200 /);
    assert.equal(good.requests[0]?.body.length, large.length);
  } finally {
    socket.destroy();
    await harness.stop();
  }
});

test('an early answer leaves the connection to the next request, though the route has retries', async () => {
  const early = hasty('early', (handler) => {
    handler.onHead({ status: 200, headers: new Headers(['content-length', '0']) });
    handler.onEnd(undefined);
  });
  const forward = { clusters: [{ name: 'c', weight: 1 }], retry: { retries: 2, retryOn: ['5xx'] } };
  const harness = await serve({ routes: [{ forward }], clusters: [scriptedCluster('c', [early])] });
  const socket = connect(harness.port, '127.0.0.1');
  try {
    let got = '';
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${large.length}\r\n\r\nx`);
    await eventually(() => Promise.resolve(got.includes('200 OK') ? true : undefined));
    socket.write(`${large.slice(1)}GET /next HTTP/1.1\r\nhost: a\r\n\r\n`);
    await eventually(() => Promise.resolve(got.split('200 OK').length === 3 ? true : undefined));
  } finally {
    socket.destroy();
    await harness.stop();
  }
});
