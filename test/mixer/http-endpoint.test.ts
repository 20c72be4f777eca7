import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

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
