import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Headers } from '../../../src/proxy/http/headers.js';
import type { Incoming } from '../../../src/proxy/http/incoming.js';
import { eventually } from '../../support/peer.js';
import { answer, clear, get, gone, incomings, post, readBody, serve, until } from './http1-support.js';

afterEach(clear);

describe('a connection of HTTP/1', () => {
  it('serves requests one after the other, in the order in which they came', async () => {
    const { dial } = await serve();
    const caller = dial().say(get('/1') + post('/2', 3) + 'abc' + get('/3'));
    await until(() => incomings.length === 1);
    answer(incomings[0]!);
    await until(() => incomings.length === 2);
    assert.equal(await readBody(incomings[1]!), 'abc');
    assert.equal(incomings.length, 2);
    answer(incomings[1]!);
    await until(() => incomings.length === 3);
    answer(incomings[2]!, '');
    await caller.heard(/\/2HTTP[^]*\r\n\r\n$/);
    assert.deepEqual(caller.statuses, ['200', '200', '200']);
    assert.deepEqual(gone, []);
  });

  it('serves many that are answered at once, however they are cut', async () => {
    const { dial } = await serve((incoming) => answer(incoming));
    const text = Array.from({ length: 50 }, (_, index) => get(`/${index}`)).join('');
    const whole = dial().say(text);
    const bytes = dial();
    for (const octet of text.slice(0, 200)) bytes.say(octet);
    bytes.say(text.slice(200));
    for (const caller of [whole, bytes]) await caller.heard(/\/49$/);
    assert.deepEqual(whole.statuses, bytes.statuses);
    assert.equal(whole.statuses.length, 50);
  });

  it('does not read without end what comes before its turn', async () => {
    const { dial, sockets } = await serve();
    const caller = dial().say(get('/first'));
    await until(() => incomings.length === 1);
    caller.say(get('/next').repeat(100_000));
    await until(() => sockets[0]!.isPaused());
    const read = sockets[0]!.bytesRead;
    assert.ok(read < 256 * 1024, `${read} read`);
    assert.equal(incomings.length, 1);
    caller.socket.destroy();
    answer(incomings[0]!);
  });

  it('keeps what is behind a body for the next one, and goes on reading', async () => {
    const { dial } = await serve((incoming) => void readBody(incoming).then((body) => answer(incoming, `<${body}>`)));
    const caller = dial();
    const more = 100;
    caller.say(
      (post('/', 3) + 'abc').repeat(more) + 'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    caller.say(`2\r\nde\r\n0\r\n\r\n${get('/last')}`);
    await caller.heard(/<de>[^]*<>$/);
    assert.equal(caller.text.split('<abc>').length - 1, more);
  });

  it('stays in HTTP/1.1 unless told otherwise, and in HTTP/1.0 if asked to', async () => {
    const { dial } = await serve((incoming) => answer(incoming));
    const old = dial().say('GET /1 HTTP/1.0\r\nconnection: Keep-Alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n');
    assert.match(await old.closed(), /connection: keep-alive\r\n\r\n\/1HTTP[^]*connection: close\r\n\r\n\/2$/);
    const now = dial().say(get('/1') + get('/2', 'connection: x, Close') + get('/3'));
    const text = await now.closed();
    assert.match(text, /\r\n\r\n\/1HTTP[^]*connection: close\r\n\r\n\/2$/);
    assert.doesNotMatch(text, /keep-alive/);
  });

  it('reads a body that nobody wanted, and serves the next request after it', async () => {
    const { dial } = await serve((incoming) => answer(incoming));
    const caller = dial().say(post('/1', 100_000));
    await caller.heard(/\/1$/);
    caller.say('x'.repeat(100_000) + get('/2'));
    await caller.heard(/\/2$/);
    assert.deepEqual(gone, []);
  });

  it('waits a moment for a caller that has its last answer and goes on sending, no longer', async () => {
    const { dial } = await serve((incoming) => answer(incoming));
    let took = Infinity;
    // The end of the caller is the end; a busy machine may be late with it, but not each time.
    for (let attempt = 0; attempt < 10 && took > 900; attempt++) {
      const before = performance.now();
      const caller = dial().say(post('/1', 1_000_000, 'connection: close'));
      assert.match(await caller.closed(), /connection: close\r\n\r\n\/1$/);
      took = performance.now() - before;
    }
    assert.ok(took < 900, `${took} ms`);
    const before = performance.now();
    const stubborn = dial().say(post('/2', 1_000_000));
    assert.match(await stubborn.closed(), /\/2$/);
    assert.ok(performance.now() - before > 900);
  });

  it('answers a caller that ends right behind its request, as far as the answer is there', async () => {
    const { dial } = await serve((incoming) => answer(incoming));
    const caller = dial();
    caller.socket.end(get('/now'));
    assert.match(await caller.closed(), /\/now$/);
  });

  it('tells of callers that go away, within the body or before the answer', async () => {
    const { dial } = await serve((incoming) => void incoming.body?.resume());
    const callers = [dial().say(get('/1')), dial().say(post('/2', 10) + 'abc'), dial().say(post('/3', 1) + 'x')];
    await until(() => incomings.length === 3);
    callers[0]!.socket.destroy();
    callers[1]!.socket.end();
    callers[2]!.socket.resetAndDestroy();
    await until(() => gone.length === 3);
    const { body } = incomings.find(({ head }) => head.path === '/2')!;
    await until(() => body!.destroyed);
    assert.equal(body!.readableEnded, false);
  });

  it('refuses bad requests with a status, also behind good ones, and reads no further', async () => {
    const { dial } = await serve((incoming) => answer(incoming));
    const cases: readonly [text: string, status: string][] = [
      ['GET / HTTP/1.1\r\nhost : a\r\n\r\n', '400'],
      [get('/', 'expect: more'), '417'],
      [get('/', `x: ${'x'.repeat(5000)}`), '431'],
      [get('/', ...Array<string>(20).fill('x: y')), '431'],
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '426'],
      ['\x16\x03\x01\x02\x00', '400'],
    ];
    for (const [text, status] of cases) {
      const caller = dial().say(get('/good') + text + get('/never'));
      await caller.closed();
      assert.deepEqual(caller.statuses, ['200', status], text.slice(0, 50));
    }
    assert.equal(incomings.length, cases.length);
  });

  it('lets a caller have its refusal that goes on sending', async () => {
    const { dial } = await serve();
    const caller = dial().say(`GET / HTTP/1.1\r\nx: ${'x'.repeat(2_000_000)}`);
    assert.match(await caller.closed(), /^HTTP\/1.1 431 /);
  });

  it('breaks off when a body is none: 400 before an answer has begun, else the end of the connection', async () => {
    const { dial } = await serve((incoming) => void incoming.body!.resume());
    const chunked = (path: string): string => `POST ${path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n`;
    const early = dial().say(`${chunked('/1')}1\r\na\r\nz\r\n`);
    assert.match(await early.closed(), /^HTTP\/1.1 400 /);
    const late = dial().say(`${chunked('/2')}1\r\na\r\n`);
    await until(() => incomings.length === 2);
    incomings[1]!.respond({ status: 200, headers: new Headers() }, true);
    incomings[1]!.write(Buffer.from('part'));
    await late.heard(/part/);
    assert.match(await late.say('z\r\n').closed(), /part\r\n$/);
    assert.deepEqual(gone, ['/1', '/2']);
  });

  it('says 100 to those that wait for it, and nothing to those of HTTP/1.0', async () => {
    const { dial } = await serve((incoming) => void readBody(incoming).then((body) => answer(incoming, body)));
    const caller = dial().say(post('/', 3, 'expect: 100-continue'));
    await caller.heard(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    await caller.say('abc').heard(/abc$/);
    const old = dial().say('POST / HTTP/1.0\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\nx');
    assert.match(await old.closed(), /^HTTP\/1.1 200 /);
    const empty = dial().say(get('/', 'expect: 100-continue'));
    assert.match(await empty.heard(/\r\n\r\n$/), /^HTTP\/1.1 200 /);
  });

  it('frames answers by method, status and version', async () => {
    const answers: Record<string, (incoming: Incoming) => void> = {
      '/length': (incoming) => answer(incoming, 'abc'),
      '/lies': (incoming) => incoming.respond({ status: 200, headers: new Headers(['content-length', '5']) }, false),
      '/204': (incoming) => incoming.respond({ status: 204, headers: new Headers(['content-length', '5']) }, false),
      '/304': (incoming) => incoming.respond({ status: 304, headers: new Headers(['content-length', '5']) }, false),
      '/none': (incoming) => incoming.respond({ status: 200, headers: new Headers() }, false),
      '/split': (incoming) => {
        incoming.respond({ status: 200, headers: new Headers(['x', 'a\r\nset-cookie: b', 'y\r\nz', 'c']) }, false);
      },
      '/chunks': (incoming) => {
        incoming.respond({ status: 200, headers: new Headers() }, true);
        incoming.write(Buffer.from('ab'));
        incoming.end(new Headers(['x-sum', '2\r\nx: y']));
        incoming.end();
      },
    };
    const { dial } = await serve((incoming) => answers[incoming.head.path]!(incoming));
    const head = async (request: string): Promise<string> => {
      const text = await dial().say(request).closed();
      return text.replace(/date: .*?\r\n/, '').replaceAll('\r\n', '|');
    };
    const last = (path: string, method = 'GET'): string => get(path, 'connection: close').replace('GET', method);
    assert.equal(await head(last('/length')), 'HTTP/1.1 200 OK|content-length: 3|connection: close||abc');
    assert.equal(await head(last('/lies')), 'HTTP/1.1 200 OK|content-length: 0|connection: close||');
    assert.equal(await head(last('/lies', 'HEAD')), 'HTTP/1.1 200 OK|content-length: 5|connection: close||');
    assert.equal(await head(last('/204')), 'HTTP/1.1 204 No Content|connection: close||');
    assert.equal(await head(last('/304')), 'HTTP/1.1 304 Not Modified|content-length: 5|connection: close||');
    assert.equal(await head(last('/none')), 'HTTP/1.1 200 OK|content-length: 0|connection: close||');
    assert.equal(
      await head(last('/chunks')),
      'HTTP/1.1 200 OK|transfer-encoding: chunked|connection: close||2|ab|0|x-sum: 2  x: y||',
    );
    assert.equal(
      await head(last('/split')),
      'HTTP/1.1 200 OK|x: a  set-cookie: b|content-length: 0|connection: close||',
    );
    const old = 'GET /chunks HTTP/1.0\r\nconnection: keep-alive\r\n\r\n';
    assert.equal(await head(old), 'HTTP/1.1 200 OK|connection: close||ab');
  });

  it('takes authority and path out of a URL, and leaves alone what is none', async () => {
    const { dial } = await serve((incoming) => answer(incoming, `${incoming.head.authority} ${incoming.head.path}`));
    const caller = dial();
    for (const [target, want] of [
      ['HTTP://b:8/c?d', 'b:8 /c?d'],
      ['http://b?d', 'b /?d'],
      ['http:///c', 'a http:///c'],
      ['http://u@b/c', 'a http://u@b/c'],
      ['ftp://b/c', 'a ftp://b/c'],
      ['*', 'a *'],
    ] as const) {
      caller.text = '';
      caller.say(get(target));
      await caller.heard(/\r\n\r\n./);
      assert.equal(caller.text.split('\r\n\r\n')[1], want, target);
    }
  });

  it('tells when a slow caller takes more', async () => {
    let left = 200;
    const { dial, sockets } = await serve((incoming) => {
      incoming.respond({ status: 200, headers: new Headers() }, true);
      const write = (): void => {
        while (left > 0) {
          left--;
          if (!incoming.write(Buffer.alloc(64 * 1024, 'x'))) return;
        }
        incoming.end();
      };
      incoming.onDrain = write;
      write();
    });
    const caller = dial();
    caller.socket.pause();
    caller.say(get('/'));
    let before = -1;
    await eventually(async () => {
      if (left === before) return true;
      before = left;
      return undefined;
    });
    assert.ok(left > 0 && sockets[0]!.writableLength < 256 * 1024);
    caller.socket.resume();
    await caller.heard(/\r\n0\r\n\r\n$/);
  });

  it('holds up a caller whose body nobody reads', async () => {
    const { dial, sockets } = await serve();
    const caller = dial().say(post('/', 10_000_000) + 'x'.repeat(10_000_000) + get('/next'));
    await until(() => incomings.length === 1 && sockets[0]!.isPaused());
    assert.ok(sockets[0]!.bytesRead < 300_000);
    incomings[0]!.body!.once('end', () => answer(incomings[0]!, 'done')).resume();
    await caller.heard(/done/);
    await until(() => incomings.length === 2);
  });
});
