import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeepPartial, Cors } from '../../../src/gen/fairlead/proxy/v1/route.js';
import { compileCors } from '../../../src/proxy/routing/cors.js';
import { requestHead, responseHead } from '../support.js';

const compile = (cors: DeepPartial<Cors>) => compileCors(Cors.fromPartial(cors))!;
const preflight = (origin: string) => requestHead('h/', { origin, 'access-control-request-method': 'PUT' }, 'OPTIONS');

describe('cors', () => {
  const cors = compile({
    allowOrigins: [{ exact: 'https://a' }],
    allowMethods: ['GET', 'PUT'],
    allowHeaders: ['x-a', 'x-b'],
    exposeHeaders: ['x-c'],
    maxAge: { seconds: 86_400n, nanos: 500_000_000 },
    allowCredentials: true,
  });

  it('answers preflight requests of origins that are allowed', () => {
    assert.deepEqual(cors.preflight(preflight('https://a')), {
      status: 200,
      headers: [
        ...['access-control-allow-origin', 'https://a', 'access-control-allow-credentials', 'true'],
        ...['access-control-allow-methods', 'GET,PUT', 'access-control-allow-headers', 'x-a,x-b'],
        ...['access-control-max-age', '86400'],
      ],
    });
  });

  it('lets pass what is no preflight request, and those of other origins', () => {
    assert.equal(cors.preflight(preflight('https://b')), undefined);
    assert.equal(cors.preflight(requestHead('h/', { origin: 'https://a' }, 'OPTIONS')), undefined);
    assert.equal(cors.preflight(requestHead('h/', { origin: 'https://a' })), undefined);
  });

  it('adds to answers what the origin may see', () => {
    const response = responseHead();
    cors.changeResponse(requestHead('h/', { origin: 'https://a' }), response);
    assert.deepEqual(response.headers.raw, [
      ...['access-control-allow-origin', 'https://a', 'access-control-allow-credentials', 'true'],
      ...['access-control-expose-headers', 'x-c'],
    ]);
    for (const headers of [{ origin: 'https://b' }, {}]) {
      const other = responseHead();
      cors.changeResponse(requestHead('h/', headers), other);
      assert.deepEqual(other.headers.raw, []);
    }
  });

  it('allows every origin with a star, by its own name', () => {
    const response = responseHead();
    compile({ allowOrigins: [{ exact: '*' }] }).changeResponse(requestHead('h/', { origin: 'https://b' }), response);
    assert.deepEqual(response.headers.raw, ['access-control-allow-origin', 'https://b']);
  });
});
