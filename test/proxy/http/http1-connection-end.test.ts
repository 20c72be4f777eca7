import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Headers } from '../../../src/proxy/http/headers.js';
import type { Incoming } from '../../../src/proxy/http/incoming.js';
import { answer, clear, get, gone, incomings, post, serve, until } from './http1-support.js';

afterEach(clear);

describe('the end of a connection of HTTP/1', () => {
  it('is taken over with what has come already, and drains without it', { timeout: 60_000 }, async () => {
    const served = await serve((incoming) => {
      const socket = incoming.takeOver({ status: 101, headers: new Headers(['upgrade', 'websocket']) });
      socket.on('data', (chunk: Buffer) => socket.write(`<${chunk.toString()}>`));
      socket.on('end', () => socket.end()).resume();
    });
    const wanted = get('/', 'upgrade: websocket', 'connection: upgrade');
    const caller = served.dial().say(`${wanted}early`);
    assert.match(await caller.heard(/<early>$/), /^HTTP\/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n/);
    served.drain();
    const idle = served.dial();
    await idle.closed();
    await caller.say('late').heard(/<late>$/);
    caller.socket.end();
    await caller.closed();
  });

  it('drains: answers say that they are the last, idle connections close, and those with a late answer after it', async () => {
    const { dial, drain } = await serve();
    const [idle, late, next] = [dial().say(get('/idle')), dial().say(get('/late')), dial().say(get('/next'))];
    await until(() => incomings.length === 3);
    const of = (path: string): Incoming => incomings.find(({ head }) => head.path === path)!;
    answer(of('/idle'));
    await idle.heard(/\/idle/);
    of('/late').respond({ status: 200, headers: new Headers(['content-length', '2']) }, true);
    await late.heard(/content-length/);
    drain();
    answer(of('/next'));
    assert.match(await next.closed(), /connection: close/);
    await idle.closed();
    of('/late').write(Buffer.from('ok'));
    of('/late').end();
    await late.heard(/ok$/);
  });

  it('closes what is idle, or does not come to the end of a head, in time', async () => {
    const limits = { headerTimeoutMillis: 80, idleTimeoutMillis: 80 };
    const { dial } = await serve((incoming) => answer(incoming), limits);
    const callers = {
      silent: dial(),
      begun: dial().say('GET / HT'),
      idle: dial().say(get('/idle')),
      behind: dial().say(`${get('/behind')}GET /`),
    };
    const blank = dial();
    const ticks = setInterval(() => blank.say('\r\n'), 10);
    try {
      await Promise.all(Object.values(callers).map((caller) => caller.closed()));
      await blank.closed();
    } finally {
      clearInterval(ticks);
    }
    assert.deepEqual(
      Object.values(callers).map(({ statuses }) => statuses.join()),
      ['408', '408', '200', '200,408'],
    );
    assert.deepEqual(blank.statuses, ['408']);
  });

  it('leaves requests under way alone, however long they take', async () => {
    const { dial } = await serve(undefined, { headerTimeoutMillis: 40, idleTimeoutMillis: 40 });
    const caller = dial().say(post('/', 4) + 'ab');
    await until(() => incomings.length === 1);
    const other = dial();
    await other.closed();
    incomings[0]!.body!.once('end', () => answer(incomings[0]!, 'done')).resume();
    await caller.say('cd').heard(/done$/);
  });

  it('hears of one end only, and nothing that comes after it matters', async () => {
    const { dial } = await serve();
    const caller = dial().say(get('/'));
    await until(() => incomings.length === 1);
    caller.socket.destroy();
    await until(() => gone.length === 1);
    const [incoming] = incomings;
    assert.equal(incoming!.write(Buffer.from('x')), true);
    incoming!.end();
    incoming!.reset();
    assert.equal(gone.length, 1);
  });
});
