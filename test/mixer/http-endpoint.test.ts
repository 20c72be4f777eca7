import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get as request, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

import { type HttpEndpoint, openHttpEndpoint } from '../../src/mixer/http-endpoint.js';

const anyPort = { host: '127.0.0.1', port: 0 };

describe('openHttpEndpoint()', () => {
  let endpoint: HttpEndpoint;
  before(async () => {
    endpoint = await openHttpEndpoint(
      anyPort,
      new Map<string, () => { body: string; status?: number; contentType?: string } | Promise<{ body: string }>>([
        ['/plain', () => ({ body: 'ü\n' })],
        ['/later', () => Promise.resolve({ body: 'later' })],
        ['/busy', () => ({ status: 503, contentType: 'x/y', body: 'no' })],
        ['/broken', () => Promise.reject(new Error('cannot'))],
      ]),
    );
  });
  after(() => endpoint.close());

  const get = async (path: string, init: RequestInit = {}): Promise<[number, string, string | null]> => {
    const response = await fetch(endpoint.url + path, init);
    return [response.status, await response.text(), response.headers.get('content-type')];
  };

  it('serves its routes, whatever the query', async () => {
    assert.deepEqual(await get('/plain?x=1'), [200, 'ü\n', 'text/plain; charset=utf-8']);
    assert.deepEqual((await get('/later')).slice(0, 2), [200, 'later']);
    assert.deepEqual(await get('/busy'), [503, 'no', 'x/y']);
  });
  it('answers HEAD without a body', async () => {
    assert.deepEqual((await get('/plain', { method: 'HEAD' })).slice(0, 2), [200, '']);
  });
  it('answers 404, 405 and 500', async () => {
    assert.equal((await get('/nothing'))[0], 404);
    assert.equal((await get('/__proto__'))[0], 404);
    assert.equal((await get('/plain', { method: 'DELETE' }))[0], 405);
    assert.deepEqual((await get('/broken')).slice(0, 2), [500, 'cannot\n']);
  });
  it('reports a port that is taken as LISTEN_FAILED', async () => {
    const port = Number(new URL(endpoint.url).port);
    await assert.rejects(openHttpEndpoint({ host: '127.0.0.1', port }, new Map()), { code: 'LISTEN_FAILED' });
  });
});

describe('a body of pieces', () => {
  const large = 'x'.repeat(1 << 16);
  let given = 0;
  let ended = 0;

  async function* pieces(count: number): AsyncGenerator<string, void> {
    try {
      for (let index = 0; index < count; index++) {
        given++;
        yield `${index} ${large}\n`;
        await turn();
      }
    } finally {
      ended++;
    }
  }

  let endpoint: HttpEndpoint;
  before(async () => {
    endpoint = await openHttpEndpoint(
      anyPort,
      new Map([
        ['/few', () => ({ body: pieces(3) })],
        ['/many', () => ({ body: pieces(10_000) })],
      ]),
    );
  });
  after(() => endpoint.close());

  const ask = async (path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> => {
    const [response] = (await once(request(endpoint.url + path, { headers, agent: false }), 'response')) as [
      IncomingMessage,
    ];
    return response;
  };
  const whole = async (response: IncomingMessage): Promise<Buffer> => Buffer.concat(await response.toArray());
  const want = [0, 1, 2].map((index) => `${index} ${large}\n`).join('');

  it('arrives whole', async () => {
    const response = await ask('/few');
    assert.equal(response.headers['content-encoding'], undefined);
    assert.equal((await whole(response)).toString(), want);
  });

  for (const [accepted, encoding] of [
    ['gzip', 'gzip'],
    ['deflate, gzip;q=0.5', 'gzip'],
    ['br', undefined],
    ['gzip;q=0', undefined],
    ['gzip; q=0.0, br', undefined],
  ] as const) {
    it(`is ${encoding === undefined ? 'plain' : 'compressed'} for those who accept ${accepted}`, async () => {
      const response = await ask('/few', { 'accept-encoding': accepted });
      assert.equal(response.headers['content-encoding'], encoding);
      const body = await whole(response);
      assert.equal((encoding === undefined ? body : gunzipSync(body)).toString(), want);
    });
  }

  it('is not made for HEAD', async () => {
    const before = given;
    const response = await fetch(`${endpoint.url}/many`, { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.equal(given, before);
  });

  it('is made no faster than it is read, for eight readers at once, and for none that has left', async () => {
    const before = given;
    const endedBefore = ended;
    const readers = await Promise.all(Array.from({ length: 8 }, () => ask('/many')));
    const ninth = await ask('/few');
    assert.equal(ninth.statusCode, 503);
    assert.equal((await whole(ninth)).toString(), 'too many readers at once\n');
    for (const reader of readers) reader.destroy();
    while (ended < endedBefore + 8) await turn();
    assert.ok(given - before < 8 * 1000, `${given - before} pieces`);
    assert.equal((await whole(await ask('/few'))).toString(), want);
  });
});
