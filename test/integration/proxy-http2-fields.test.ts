import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { askHttp2 } from '../support/ask.js';
import { clusterAt, forwardTo, httpListener, type Rig, startProxy } from '../support/proxy-rig.js';
import { startRaw, type RawAct, type RawUpstream } from '../support/raw-upstream.js';
import { startApp, type WebApp } from '../support/web-app.js';

// What HTTP/1 may say and Node's HTTP/2 refuses to: nobody may end the proxy with it.
const answer =
  (head: string, body = 'ok'): RawAct =>
  (socket) =>
    void socket.write(`HTTP/1.1 ${head}\r\n\r\n${body}`);
const ok = (...lines: readonly string[]): RawAct => answer(['200 OK', ...lines, 'content-length: 2'].join('\r\n'));
const inChunks = (trailers: string): RawAct =>
  answer('200 OK\r\ntransfer-encoding: chunked', `2\r\nok\r\n0\r\n${trailers}\r\n`);

const acts: Readonly<Record<string, RawAct>> = {
  twice: ok('etag: "a"', 'etag: "b"', 'x-content-type-options: nosniff', 'X-Content-Type-Options: nosniff'),
  cookies: ok('set-cookie: a=b', 'set-cookie: c=d', 'age: 1', 'age: 2'),
  settings: ok('http2-settings: abc'),
  trailers: inChunks('etag: a\r\netag: b\r\n'),
  beyond: answer('999 Odd\r\ncontent-length: 2'),
  none: answer('204 No\r\ncontent-length: 2'),
  reset: answer('205 Reset\r\ncontent-length: 2'),
};

describe('a caller of HTTP/2', { timeout: 60_000 }, () => {
  let raw: RawUpstream;
  let app: WebApp;
  let rig: Rig;

  before(async () => {
    raw = await startRaw({ ...acts, crumbs: ok() });
    app = await startApp('app', { kind: 'h2c' });
    const responseHeaders = { add: [{ name: 'etag', value: 'x' }], set: [{ name: 'connection', value: 'close' }] };
    rig = await startProxy({
      listeners: [
        httpListener([
          { match: { exact: '/operator' }, ...forwardTo('raw', { prefixRewrite: '/twice' }), responseHeaders },
          {
            match: { exact: '/aborted' },
            ...forwardTo('raw'),
            fault: { aborted: { perMillion: 1_000_000 }, abortCode: 600 },
          },
          { match: { prefix: '/app' }, ...forwardTo('app') },
          forwardTo('raw'),
        ]),
      ],
      clusters: [clusterAt('raw', [raw.port]), clusterAt('app', [app.port], { http2: true })],
    });
  });
  after(async () => {
    await rig.stop();
    raw.stop();
    await app.stop();
  });

  const wanted: Readonly<Record<string, readonly [status: number, body: string, headers: Record<string, unknown>]>> = {
    twice: [200, 'ok', { etag: '"a", "b"', 'x-content-type-options': 'nosniff, nosniff' }],
    cookies: [200, 'ok', { 'set-cookie': ['a=b', 'c=d'], age: '1, 2' }],
    settings: [200, 'ok', { 'http2-settings': undefined }],
    trailers: [200, 'ok', {}],
    beyond: [500, 'ok', {}],
    none: [204, '', { 'content-length': undefined }],
    reset: [205, '', { 'content-length': undefined }],
    operator: [200, 'ok', { etag: '"a", "b", x', connection: undefined }],
    aborted: [500, 'fault filter abort', {}],
  };
  for (const [path, [status, body, headers]] of Object.entries(wanted)) {
    it(`gets what /${path} says, as far as HTTP/2 can`, async () => {
      const got = await askHttp2(rig.port(), { path: `/${path}` });
      assert.deepEqual([got.status, got.body], [status, body]);
      for (const [name, value] of Object.entries(headers)) assert.deepEqual(got.headers[name], value, name);
      if (path === 'trailers') assert.equal(got.trailers['etag'], 'a, b');
    });
  }

  it('has its cookies put together, for a service and for rules that look at them', async () => {
    const session = connect(`http://127.0.0.1:${rig.port()}`);
    const stream = session.request({ ':path': '/crumbs', cookie: ['user=jason', 'b=c', 'd=e'] });
    await new Promise((resolve) => stream.on('close', resolve).resume());
    session.destroy();
    const cookies = raw.heads
      .at(-1)!
      .split('\r\n')
      .filter((line) => line.startsWith('cookie:'));
    assert.deepEqual(cookies, ['cookie: user=jason; b=c; d=e']);
  });

  it('of a service has what callers say twice joined', async () => {
    const headers = ['host', 'a', 'user-agent', 'one', 'user-agent', 'two', 'te', 'trailers', 'x-a', '1'];
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: rig.port(), path: '/app', headers, agent: false as const };
      // Node's types do not know of lists.
      const request = httpRequest(options as object, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      request.end();
    });
    const { te, 'user-agent': agent, 'x-a': a } = app.lastHeaders();
    assert.deepEqual([status, agent, te, a], [200, 'one, two', 'trailers', '1']);
  });
});
