import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { askHttp1, askHttp2 } from '../support/ask.js';
import { heldBytes } from '../support/held-bytes.js';
import { eventually } from '../support/peer.js';
import { clusterAt, forwardTo, httpListener, type Rig, startProxy } from '../support/proxy-rig.js';
import { fields, frame, frames, RawHttp2, request } from '../support/raw-http2.js';
import { startApp, type WebApp } from '../support/web-app.js';

// What callers of HTTP/2 do wrong: a reset of the stream, a GOAWAY or a status, and others are served all the while.
type Fields = readonly (readonly [string, string])[];

const get = request();
const open = (list: Fields, stream = 1, flag = 5): Buffer => frame(frames.headers, flag, stream, fields(list));
const without = (name: string): Fields => get.filter(([other]) => other !== name);
const withPath = (path: string): Fields => [...without(':path'), [':path', path]];
const data = (text: string, flag = 1): Buffer => frame(frames.data, flag, 1, Buffer.from(text));
const zeros = (length: number): Buffer => Buffer.alloc(length);
const bytes = (...list: readonly number[]): Buffer => Buffer.from(list);
const huge = [2, 3, 4, 5].map((n) =>
  frame(frames.continuation, n === 5 ? 4 : 0, 1, fields([[`x${n}`, 'a'.repeat(14_000)]])),
);

const malformed = '1: reset 1';
const compression = 'goaway 9';
const frameSize = 'goaway 6';
const protocol = 'goaway 1';
// Node's word for what it takes for a broken session; the connection closes.
const closes = 'goaway 2';

const cases: Readonly<Record<string, readonly [expected: string, ...bytes: Buffer[]]>> = {
  'no path': [malformed, open(without(':path'))],
  'an empty path': [malformed, open(withPath(''))],
  'a path without a slash': [malformed, open(withPath('abc'))],
  'a blank in the path': [malformed, open(withPath('/a b'))],
  'a line end in the path': [malformed, open(withPath('/a\r\nx: y'))],
  'a fragment in the path': ['1: 400', open(withPath('/a#b'))],
  'no method': [malformed, open(without(':method'))],
  'a method of two words': [malformed, open([[':method', 'G T'], ...without(':method')])],
  'no scheme': [malformed, open(without(':scheme'))],
  'neither authority nor host': [malformed, open(without(':authority'))],
  'a blank in the authority': [malformed, open([[':authority', 'a b'], ...without(':authority')])],
  'two methods': [malformed, open([[':method', 'GET'], ...get])],
  'two paths': [malformed, open([...get, [':path', '/b']])],
  'a pseudo header nobody knows': [malformed, open([...get, [':x', 'y']])],
  'a status': [malformed, open([...get, [':status', '200']])],
  'a pseudo header after others': [malformed, open([['a', 'b'], ...get])],
  'a pseudo header among the trailers': [malformed, open(get, 1, 4), data('abc', 0), open([[':path', '/x']])],
  'an upper-case name': [malformed, open([...get, ['X-A', 'b']])],
  connection: [malformed, open([...get, ['connection', 'close']])],
  'transfer-encoding': [malformed, open([...get, ['transfer-encoding', 'chunked']])],
  'keep-alive': [malformed, open([...get, ['keep-alive', '1']])],
  upgrade: [malformed, open([...get, ['upgrade', 'websocket']])],
  'te that is not trailers': [malformed, open([...get, ['te', 'gzip']])],
  'CONNECT with a path': [malformed, open([[':method', 'CONNECT'], ...without(':method')])],
  'less than its length': [malformed, open([...get, ['content-length', '5']], 1, 4), data('abc')],
  'more than its length': [malformed, open([...get, ['content-length', '2']], 1, 4), data('abc')],
  'a length and no body': [malformed, open([...get, ['content-length', '5']])],
  'two lengths': [malformed, open([...get, ['content-length', '3'], ['content-length', '4']], 1, 4), data('abc')],
  'a signed length': [malformed, open([...get, ['content-length', '+3']], 1, 4), data('abc')],
  'too many headers': [
    '1: reset 11',
    open([...get, ...Array.from({ length: 150 }, (_, n) => [`x${n}`, 'y'] as const)]),
  ],
  'too large headers': ['1: 431', open([...get, ['x1', 'a'.repeat(14_000)]], 1, 1), ...huge],
  'a table that is too large': [compression, frame(frames.headers, 5, 1, bytes(0x3f, 0xff, 0xff, 0xff, 0x7f))],
  'headers that cannot be decoded': [compression, frame(frames.headers, 5, 1, bytes(255, 255, 255, 255, 255, 255))],
  'a stream of the server': [closes, open(get, 2)],
  'headers of the connection': [closes, open(get, 0)],
  'data of a stream that was never opened': [protocol, data('abc')],
  'a reset of a stream that was never opened': [closes, frame(frames.reset, 0, 1, zeros(4))],
  'data of a stream that has ended': ['goaway 5', open(get), data('abc')],
  'an empty window update': [closes, frame(frames.window, 0, 0, zeros(4))],
  'a window beyond all bounds': [closes, frame(frames.window, 0, 0, bytes(0x7f, 255, 255, 255))],
  'a window update that is cut': [frameSize, frame(frames.window, 0, 0, zeros(1))],
  'a frame that is too large': [frameSize, frame(frames.data, 0, 1, zeros(20_000))],
  'a ping on a stream': [closes, frame(frames.ping, 0, 1, zeros(8))],
  'a ping that is cut': [frameSize, frame(frames.ping, 0, 0, zeros(7))],
  'settings that are cut': [frameSize, frame(frames.settings, 0, 0, zeros(5))],
  'settings that make no sense': [closes, frame(frames.settings, 0, 0, bytes(0, 2, 0, 0, 0, 9))],
  'a push': [closes, frame(frames.push, 4, 1, zeros(4))],
  'a continuation of nothing': [protocol, frame(frames.continuation, 4, 1, fields(get))],
  'another frame among headers': [protocol, open(get, 1, 1), frame(frames.ping, 0, 0, zeros(8))],
  'something that is not HTTP/2': [frameSize, Buffer.from('GET / HTTP/1.1\r\n\r\n')],
};

describe('a caller of HTTP/2', { timeout: 180_000 }, () => {
  let app: WebApp;
  let rig: Rig;
  const callers: RawHttp2[] = [];

  // The runner would only warn of them.
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);

  before(async () => {
    process.on('uncaughtExceptionMonitor', note);
    app = await startApp('app');
    rig = await startProxy({ listeners: [httpListener([forwardTo('app')])], clusters: [clusterAt('app', [app.port])] });
  });
  after(async () => {
    for (const { socket } of callers) socket.destroy();
    await rig.stop();
    await app.stop();
    process.off('uncaughtExceptionMonitor', note);
  });
  afterEach(async () => {
    assert.deepEqual(uncaught, []);
    assert.equal((await askHttp2(rig.port(), { path: '/others' })).body, 'app GET /others');
  });

  const call = (...sent: readonly Buffer[]): RawHttp2 => {
    const caller = new RawHttp2(rig.port());
    callers.push(caller);
    caller.socket.write(Buffer.concat(sent));
    return caller;
  };

  for (const [name, [expected, ...sent]] of Object.entries(cases)) {
    it(`that sends ${name} gets '${expected}'`, async () => {
      const caller = call(...sent);
      const events = await eventually(async () => (caller.events.includes(expected) ? caller.events : undefined)).catch(
        () => caller.events,
      );
      assert(events.includes(expected), `${events.join()}${caller.isClosed ? ' closed' : ''}`);
      if (expected === closes) await eventually(async () => caller.isClosed || undefined);
    });
  }

  it('that sends header fields that are none is served without them', async () => {
    for (const bad of [
      ['x', 'a\r\nb: c'],
      ['x', 'a\0b'],
      ['x y', 'b'],
      ['x\r\ny', 'b'],
      ['', 'b'],
    ] as const) {
      const caller = call(open([...get, bad]));
      await eventually(async () => caller.events.includes('1: 200') || undefined);
      const names = Object.keys(app.lastHeaders());
      assert(!names.some((name) => /^$|^x$|^b$|^y$|[\s]/.test(name)), names.join());
    }
  });

  it('that uses a stream again gets nothing for it', async () => {
    const caller = call(
      open(get, 5),
      open(get, 3),
      open(withPath('/hang'), 7),
      frame(frames.reset, 0, 7, zeros(4)),
      open(get, 7),
      open(get, 9),
    );
    await eventually(async () => caller.events.includes('9: 200') || undefined);
    assert.deepEqual(caller.events.toSorted(), ['5: 200', '9: 200']);
  });

  it('that opens streams and resets them at once is cut off', async () => {
    const caller = call();
    const reset = frame(frames.reset, 0, 1, bytes(0, 0, 0, 8));
    let asked: Promise<unknown> | undefined;
    for (let stream = 1; stream < 40_000 && !caller.isClosed; stream += 200) {
      const burst: Buffer[] = [];
      for (let id = stream; id < stream + 200; id += 2) {
        const cancel = Buffer.from(reset);
        cancel.writeUInt32BE(id, 5);
        burst.push(open(get, id), cancel);
      }
      caller.socket.write(Buffer.concat(burst));
      await new Promise((resolve) => setImmediate(resolve));
      asked ??= askHttp1(rig.port(), { path: '/meanwhile' });
    }
    await eventually(
      async () => caller.isClosed || caller.events.some((event) => event.startsWith('goaway')) || undefined,
    );
    assert.equal(((await asked) as { status: number }).status, 200);
  });

  it('that never ends its headers is cut off', async () => {
    const caller = call(open(get, 1, 0));
    const more = frame(frames.continuation, 0, 1, fields([['x', 'y'.repeat(1000)]]));
    for (let count = 0; count < 10_000 && !caller.isClosed; count++) {
      if (!caller.socket.write(more)) await new Promise((resolve) => setImmediate(resolve));
      if (caller.events.length > 0) break;
    }
    await eventually(
      async () => caller.isClosed || caller.events.some((event) => event.startsWith('goaway')) || undefined,
    );
  });

  for (const [name, one] of Object.entries({
    settings: frame(frames.settings, 0, 0, bytes(0, 3, 0, 0, 0, 100)),
    pings: frame(frames.ping, 0, 0, zeros(8)),
    'empty data': frame(frames.data, 0, 1, zeros(0)),
    priorities: frame(frames.priority, 0, 3, bytes(0, 0, 0, 0, 1)),
  })) {
    it(`that floods with ${name} and reads nothing is cut off or stands still, and takes no memory`, async () => {
      const caller = call(open(withPath('/echo'), 1, 4));
      caller.socket.pause();
      const memory = heldBytes();
      const burst = Buffer.concat(Array.from({ length: 1000 }, () => one));
      for (let count = 0; count < 100 && !caller.isClosed; count++) {
        caller.socket.write(burst);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { status } = await askHttp2(rig.port(), { path: '/meanwhile' });
      assert.equal(status, 200);
      const grown = (heldBytes() - memory) / 1024 / 1024;
      assert(grown < 8, `${grown.toFixed(0)} MB`);
      caller.socket.destroy();
    });
  }
});
