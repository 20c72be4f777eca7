import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeepPartial, Route } from '../../../src/gen/fairlead/proxy/v1/route.js';
import { compileForward } from '../../../src/proxy/routing/forward.js';
import { downstream, numbers, requestHead, responseHead } from '../support.js';

const forward = (part: DeepPartial<Route['forward']>, rest: DeepPartial<Route> = {}) =>
  compileForward(
    Route.fromPartial({ name: 'r', ...rest, forward: { clusters: [{ name: 'a', weight: 1 }], ...part } }),
  )!;

describe('weights', () => {
  const split = forward({
    clusters: [
      { name: 'v1', weight: 90 },
      { name: 'none', weight: 0 },
      { name: 'v2', weight: 10 },
    ],
  });

  it('cut the range of random numbers', () => {
    const pick = (number: number) => split.pick(() => number).name;
    assert.deepEqual([0, 0.5, 0.899_999, 0.9, 0.999_999].map(pick), ['v1', 'v1', 'v1', 'v2', 'v2']);
  });

  it('of one cluster alone do not matter', () => {
    assert.equal(forward({ clusters: [{ name: 'only' }] }).pick(numbers(0.5)).name, 'only');
  });
});

describe('rewriting', () => {
  const rewritten = (match: DeepPartial<Route['match']>, url: string, part: DeepPartial<Route['forward']>) => {
    const request = requestHead(url);
    forward(part, { match }).rewrite(request);
    return [request.authority, request.path, request.headers.get('x-envoy-original-path')];
  };

  it('replaces the prefix that was matched', () => {
    assert.deepEqual(rewritten({ prefix: '/api' }, 'h/api/x?q', { prefixRewrite: '/v2' }), [
      'h',
      '/v2/x?q',
      '/api/x?q',
    ]);
    assert.deepEqual(rewritten({ prefix: '/api/', ignoreCase: true }, 'h/API/x', { prefixRewrite: '/' }), [
      ...['h', '/x', '/API/x'],
    ]);
  });

  it('replaces the whole path after an exact match or an expression, and keeps the query', () => {
    assert.deepEqual(rewritten({ exact: '/a' }, 'h/a?q', { prefixRewrite: '/b' }), ['h', '/b?q', '/a?q']);
    assert.deepEqual(rewritten({ regex: '/.*' }, 'h/a/b?q', { prefixRewrite: '/c' }), ['h', '/c?q', '/a/b?q']);
  });

  it('replaces the host', () => {
    assert.deepEqual(rewritten({ prefix: '/' }, 'h/a', { hostRewrite: 'other' }), ['other', '/a', undefined]);
  });

  it('gives UTF-8, an octet a character', () => {
    const octets = Buffer.from('/ĉé').toString('latin1');
    assert.deepEqual(rewritten({ prefix: '/a' }, 'h/a', { prefixRewrite: '/ĉé' }), ['h', octets, '/a']);
  });
});

describe('the time that an upstream is told of', () => {
  const seconds = (count: number) => ({ seconds: BigInt(count) });

  it('is that of an attempt where it is shorter, else that of the request', () => {
    const expected = (timeout: number, perTry: number) =>
      forward({ timeout: seconds(timeout), retry: { retries: 1, perTryTimeout: seconds(perTry) } }).expectedMillis;
    assert.deepEqual(
      [expected(5, 0), expected(5, 2), expected(2, 5), expected(0, 2), expected(0, 0)],
      ['5000', '2000', '2000', '2000', undefined],
    );
  });
});

describe('header operations', () => {
  const operations = { set: [{ name: 'A', value: '1' }], add: [{ name: 'b', value: '2' }], remove: ['C'] };

  it('of a cluster set, add and remove', () => {
    const target = forward({ clusters: [{ name: 'a', requestHeaders: operations, responseHeaders: operations }] });
    const request = requestHead('h/', { a: '0', b: '0', c: '0' });
    target.pick(numbers(0)).changeRequest(request);
    assert.deepEqual(request.headers.raw, ['a', '1', 'b', '0', 'b', '2']);
    const response = responseHead();
    target.pick(numbers(0)).changeResponse(response);
    assert.deepEqual(response.headers.raw, ['a', '1', 'b', '2']);
  });

  it('cannot frame messages, nor have names that are none, and are written in UTF-8', () => {
    const set = ['Connection', 'Content-Length', 'transfer-encoding', 'upgrade', ':status', 'a b', 'x-a'].map(
      (name) => ({
        name,
        value: 'é',
      }),
    );
    const cluster = forward({
      clusters: [{ name: 'c', requestHeaders: { set, add: set }, responseHeaders: { set, add: set } }],
    }).pick(numbers(0));
    const [request, response] = [requestHead('h/'), responseHead()];
    cluster.changeRequest(request);
    cluster.changeResponse(response);
    const octets = Buffer.from('é').toString('latin1');
    for (const { raw } of [request.headers, response.headers]) {
      assert.deepEqual(raw, ['x-a', octets, 'x-a', octets]);
    }
  });

  it('may set the authority, the path and the method', () => {
    const set = [
      { name: 'Host', value: 'g' },
      { name: ':path', value: '/p' },
      { name: ':method', value: 'PUT' },
    ];
    const request = requestHead('h/');
    forward({ clusters: [{ name: 'a', requestHeaders: { set } }] })
      .pick(numbers(0))
      .changeRequest(request);
    assert.deepEqual([request.authority, request.path, request.method], ['g', '/p', 'PUT']);
    assert.deepEqual(request.headers.raw, []);
  });
});

describe('hashing', () => {
  const hash = (policies: DeepPartial<Route['forward']>, headers: Record<string, string>) =>
    forward(policies).hash?.(requestHead('h/', headers), downstream);

  it('takes the first policy that finds something', () => {
    const policies = { hashPolicies: [{ header: 'X-User' }, { sourceIp: true }] };
    const byUser = hash(policies, { 'x-user': 'jason' })!.hash;
    assert.equal(hash(policies, { 'x-user': 'jason' })!.hash, byUser);
    assert.notEqual(hash(policies, { 'x-user': 'other' })!.hash, byUser);
    assert.equal(hash(policies, {})!.hash, hash({ hashPolicies: [{ sourceIp: true }] }, {})!.hash);
    assert.equal(hash({ hashPolicies: [{ header: 'x-user' }] }, {}), undefined);
    assert.equal(forward({}).hash, undefined);
  });

  it('reads a cookie, and makes one that has a lifetime', () => {
    const ttl = { seconds: 3600n, nanos: 0 };
    const policies = { hashPolicies: [{ cookie: { name: 'user', path: '/p', ttl } }] };
    const made = hash(policies, { cookie: 'a=b' })!;
    const [, value] = /^user="([0-9a-f]{16})"; Max-Age=3600; Path=\/p; HttpOnly$/.exec(made.setCookie!)!;
    for (const cookie of [`user=${value}`, `a=b; user="${value}"`]) {
      assert.deepEqual(hash(policies, { cookie }), { hash: made.hash });
    }
    assert.equal(hash({ hashPolicies: [{ cookie: { name: 'user' } }] }, {}), undefined);
  });
});
