import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { resource } from '../pilot/support.js';
import { envoyPeer } from '../support/envoy.js';
import { EnvoyMesh } from '../support/mesh/envoy-mesh.js';
import { listServices, meshConfig } from '../support/mesh/services.js';
import type { StandIn } from '../support/mesh/stand-in.js';
import { TestMesh } from '../support/mesh/test-mesh.js';
import { seenOf, type TestProxy } from '../support/mesh/test-proxy.js';

// What a stock Envoy makes of all that a rule of a VirtualService can say (mesh.md 2.1, 2.2).
describe('a route of Envoy', { skip: envoyPeer.skip, timeout: 180_000 }, () => {
  if (envoyPeer.skip !== false) return;
  const mesh = new TestMesh();
  const envoy = new EnvoyMesh(mesh);
  const apps = {} as Record<'a' | 'b' | 'c', StandIn>;
  let proxy: TestProxy;

  const to = (host: string): string => `route: [{ destination: { host: ${host} } }]`;
  const at = (path: string, rule: string): string => `{ match: [{ uri: { prefix: ${path} } }], ${rule} }`;
  const rules = [
    `{ match: [{ uri: { exact: /match }, headers: { x-user: { regex: "j.*n" } }, queryParams: { q: { exact: "1" } } }], ${to('b')} }`,
    `{ match: [{ uri: { prefix: /CASE }, ignoreUriCase: true }], ${to('b')} }`,
    at('/rewrite', `${to('a')}, rewrite: { uri: /new, authority: other.example.com }`),
    at('/host', `${to('a')}, headers: { request: { set: { host: set.example.com } } }`),
    at('/redirect', 'redirect: { uri: /there, authority: there.example.com, redirectCode: 308 }'),
    at(
      '/headers',
      `route: [{ destination: { host: a }, headers: { request: { add: { x-n: "2" } } } }], headers: { request: { set: { x-set: "100%" }, add: { x-n: "1" }, remove: [x-gone] }, response: { set: { x-answer: "yes" }, remove: [x-by] } }`,
    ),
    at('/cors', `${to('a')}, corsPolicy: { allowOrigin: [http://good.example.com], allowMethods: [PUT], maxAge: 60s }`),
    at('/any-cors', `${to('a')}, corsPolicy: { allowOrigin: ["*"] }`),
    at('/retry', `${to('a')}, retries: { attempts: 2, retryOn: "503" }`),
    at('/once', `${to('a')}, retries: { attempts: 0 }`),
    at('/slow', `${to('a')}, timeout: 0.05s`),
    at('/nowhere', to('nowhere.example.com')),
    at('/subset', 'route: [{ destination: { host: a, subset: none } }]'),
    at('/hash', to('c')),
    `{ ${to('a')} }`,
  ];

  before(async () => {
    for (const name of ['a', 'b', 'c'] as const) apps[name] = await mesh.http(name);
    const more = await mesh.http('c2');
    const services = listServices([
      { name: 'a', ports: { http: 80 }, places: [{ app: apps.a }] },
      { name: 'b', ports: { http: 80 }, places: [{ app: apps.b }] },
      { name: 'c', ports: { http: 80 }, places: [{ app: apps.c }, { app: more }] },
    ]);
    const hash = '{ loadBalancer: { consistentHash: { httpCookie: { name: who, ttl: 60s } } } }';
    const yaml =
      resource('VirtualService', 'a', `{ hosts: [a], http: [${rules.join(',')}] }`) +
      resource('DestinationRule', 'c', `{ host: c, trafficPolicy: ${hash} }`);
    proxy = await envoy.start(services + meshConfig() + yaml);
  });

  const statusOf = async (path: string): Promise<number> => (await proxy.get(`http://a${path}`)).status;

  it('looks at headers, queries and letters', async () => {
    const by = async (path: string, headers = {}) => (await proxy.get(`http://a${path}`, headers)).by;
    assert.equal(await by('/match?q=1', { 'x-user': 'jason' }), 'b');
    assert.equal(await by('/match?q=1', { 'x-user': 'jasons' }), 'a');
    assert.equal(await by('/match?q=2', { 'x-user': 'jason' }), 'a');
    assert.equal(await by('/case'), 'b');
  });

  it('rewrites paths and hosts', async () => {
    const { path, host } = seenOf(await proxy.get('http://a/rewrite/x?y=1'));
    assert.deepEqual([path, host], ['/new/x?y=1', 'other.example.com']);
    assert.equal(seenOf(await proxy.get('http://a/host')).host, 'set.example.com');
  });

  it('redirects', async () => {
    const { status, headers } = await proxy.get('http://a/redirect');
    assert.deepEqual([status, headers.location], [308, 'http://there.example.com/there']);
  });

  it('changes headers both ways', async () => {
    const answer = await proxy.get('http://a/headers', { 'x-gone': '1', 'x-set': '0' });
    const { headers } = seenOf(answer);
    assert.deepEqual([headers['x-set'], headers['x-gone']], ['100%', undefined]);
    assert.equal(String(headers['x-n']).replace(' ', ''), '1,2');
    assert.deepEqual([answer.headers['x-answer'], answer.headers['x-by']], ['yes', undefined]);
  });

  it('answers browsers that ask which origins may call', async () => {
    const ask = (path: string, origin: string) =>
      proxy.get(`http://a${path}`, { origin, 'access-control-request-method': 'PUT' }, 'OPTIONS');
    const { headers, by } = await ask('/cors', 'http://good.example.com');
    assert.deepEqual(
      [
        by,
        headers['access-control-allow-origin'],
        headers['access-control-allow-methods'],
        headers['access-control-max-age'],
      ],
      ['', 'http://good.example.com', 'PUT', '60'],
    );
    const refused = await ask('/cors', 'http://bad.example.com');
    assert.equal(refused.headers['access-control-allow-origin'], undefined);
    const any = await ask('/any-cors', 'http://bad.example.com');
    assert.equal(any.headers['access-control-allow-origin'], 'http://bad.example.com');
  });

  it('tries again as often as it says', async () => {
    apps.a.answer = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    const seenFor = async (path: string): Promise<number> => {
      const before = apps.a.seen.length;
      assert.equal(await statusOf(path), 503);
      return apps.a.seen.length - before;
    };
    try {
      assert.deepEqual([await seenFor('/retry'), await seenFor('/once')], [3, 1]);
      assert.equal(await seenFor('/default'), 3, 'two more where nothing is said');
    } finally {
      apps.a.answer = undefined;
    }
  });

  it('ends what takes too long', async () => {
    apps.a.answer = () => true;
    try {
      assert.equal(await statusOf('/slow'), 504);
    } finally {
      apps.a.answer = undefined;
    }
  });

  it('fails where there is nothing at its end', async () => {
    assert.deepEqual([await statusOf('/nowhere'), await statusOf('/subset')], [503, 503]);
  });

  it('keeps a caller with a cookie at one endpoint, and makes the cookie', async () => {
    const first = await proxy.get('http://a/hash');
    const [cookie = ''] = first.headers['set-cookie'] ?? [];
    assert.match(cookie, /^who="?\w+"?; Max-Age=60/);
    for (let n = 0; n < 8; n += 1) {
      const { by } = await proxy.get('http://a/hash', { cookie: cookie.split(';')[0] ?? '' });
      assert.equal(by, first.by);
    }
  });

  it('leaves nothing that was refused', () => {
    envoy.assertSound();
  });
});
