import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeepPartial, RouteTable } from '../../../src/gen/fairlead/proxy/v1/route.js';
import { compileRouteTable } from '../../../src/proxy/routing/index.js';
import { downstream, requestHead } from '../support.js';

type RoutePart = NonNullable<NonNullable<DeepPartial<RouteTable>['virtualHosts']>[number]['routes']>[number];

const to = (name: string): RoutePart => ({ name, forward: { clusters: [{ name, weight: 100 }] } });
const table = (virtualHosts: NonNullable<DeepPartial<RouteTable>['virtualHosts']>) =>
  compileRouteTable(RouteTable.fromPartial({ name: '80', virtualHosts }));
const routes = (...list: RoutePart[]) => table([{ name: 'all', domains: ['*'], routes: list }]);
const named = (found: { name: string } | undefined) => found?.name;

describe('virtual hosts', () => {
  const hosts = table(
    ['reviews', 'reviews:9080', '*.example.com', '*.deep.example.com', 'api.*', 'api.v1.*', '*'].map((domain) => ({
      name: domain,
      domains: [domain],
      routes: [to(domain)],
    })),
  );
  const find = (host: string) => named(hosts.find(requestHead(`${host}/`), downstream));

  it('are found by their name, in any case, with the port where it is part of it', () => {
    assert.equal(find('Reviews'), 'reviews');
    assert.equal(find('reviews:9080'), 'reviews:9080');
    assert.equal(find('reviews:9081'), '*');
  });

  it('are found by the longest ending, then by the longest beginning, then by the star', () => {
    assert.equal(find('a.example.com'), '*.example.com');
    assert.equal(find('a.deep.example.com'), '*.deep.example.com');
    assert.equal(find('api.org'), 'api.*');
    assert.equal(find('api.v1.org'), 'api.v1.*');
    assert.equal(find('api.example.com'), '*.example.com');
    assert.equal(find('other'), '*');
  });

  it('need something in the place of the star', () => {
    assert.equal(find('.example.com'), '*');
    assert.equal(find('api.'), '*');
  });

  it('that nobody has are not found', () => {
    const one = table([{ name: 'a', domains: ['a'], routes: [to('a')] }]);
    assert.equal(one.find(requestHead('b/'), downstream), undefined);
    assert.equal(one.find(requestHead('/'), downstream), undefined);
  });

  it('that demand TLS send plain callers there, without port 80, and serve the others', () => {
    const secure = table([{ name: 'a', domains: ['a', 'a:80'], requireTls: true, routes: [to('a')] }]);
    const request = requestHead('a:80/x?y=1');
    const reply = secure.find(request, downstream)?.reply?.(request);
    assert.deepEqual(reply, { status: 301, headers: ['location', 'https://a/x?y=1'] });
    const tls = { serverName: 'a', peerUris: undefined, localUris: [] };
    assert.equal(named(secure.find(requestHead('a/x'), { ...downstream, tls })), 'a');
  });

  it('of hostile names are names', () => {
    const hostile = table([{ name: 'p', domains: ['__proto__'], routes: [to('p')] }]);
    assert.equal(named(hostile.find(requestHead('__proto__/'), downstream)), 'p');
    assert.equal(hostile.find(requestHead('constructor/'), downstream), undefined);
  });
});

describe('routes', () => {
  const find = (list: ReturnType<typeof routes>, ...request: Parameters<typeof requestHead>) =>
    named(list.find(requestHead(...request), downstream));

  it('are tried in order', () => {
    const list = routes({ ...to('a'), match: { prefix: '/a' } }, { ...to('any') }, { ...to('never') });
    assert.equal(find(list, 'h/abc'), 'a');
    assert.equal(find(list, 'h/b'), 'any');
  });

  it('match the path by prefix, exactly, and by an expression for the whole, without the query', () => {
    const list = routes(
      { ...to('exact'), match: { exact: '/login' } },
      { ...to('regex'), match: { regex: '/v[0-9]+' } },
      { ...to('prefix'), match: { prefix: '/api/' } },
    );
    assert.equal(find(list, 'h/login?next=/api/'), 'exact');
    assert.equal(find(list, 'h/login/'), undefined);
    assert.equal(find(list, 'h/v12?x'), 'regex');
    assert.equal(find(list, 'h/v12/x'), undefined);
    assert.equal(find(list, 'h/api/x'), 'prefix');
    assert.equal(find(list, 'h/API/x'), undefined);
  });

  it('match the path in any case when told so', () => {
    const list = routes(
      { ...to('exact'), match: { exact: '/Login', ignoreCase: true } },
      { ...to('regex'), match: { regex: '/v[a-z]', ignoreCase: true } },
      { ...to('prefix'), match: { prefix: '/api/', ignoreCase: true } },
    );
    assert.equal(find(list, 'h/LOGIN'), 'exact');
    assert.equal(find(list, 'h/VX'), 'regex');
    assert.equal(find(list, 'h/Api/x'), 'prefix');
  });

  it('match headers: there, exact, by prefix, suffix and expression; all of them must hold', () => {
    const list = routes(
      { ...to('jason'), match: { headers: [{ name: 'End-User', value: { exact: 'jason' } }] } },
      {
        ...to('both'),
        match: { headers: [{ name: 'a' }, { name: 'b', value: { prefix: 'x' } }] },
      },
      { ...to('suffix'), match: { headers: [{ name: 'b', value: { suffix: 'z' } }] } },
      { ...to('regex'), match: { headers: [{ name: 'cookie', value: { regex: '^(.*?;)?(user=jason)(;.*)?$' } }] } },
    );
    assert.equal(find(list, 'h/', { 'end-user': 'jason' }), 'jason');
    assert.equal(find(list, 'h/', { 'end-user': 'Jason' }), undefined);
    assert.equal(find(list, 'h/', { a: '', b: 'xy' }), 'both');
    assert.equal(find(list, 'h/', { b: 'xy' }), undefined);
    assert.equal(find(list, 'h/', { b: 'xyz' }), 'suffix');
    assert.equal(find(list, 'h/', { cookie: 'a=b;user=jason' }), 'regex');
  });

  it('match method, authority and scheme', () => {
    const list = routes(
      { ...to('post'), match: { headers: [{ name: ':method', value: { exact: 'POST' } }] } },
      { ...to('host'), match: { headers: [{ name: ':authority', value: { prefix: 'h2' } }] } },
      { ...to('https'), match: { headers: [{ name: ':scheme', value: { exact: 'https' } }] } },
    );
    assert.equal(find(list, 'h/', {}, 'POST'), 'post');
    assert.equal(find(list, 'h2/'), 'host');
    assert.equal(find(list, 'h/'), undefined);
  });

  it('match parameters of the query as they are written; the first of a name counts', () => {
    const list = routes(
      { ...to('exact'), match: { queryParameters: [{ name: 'v', value: { exact: '1' } }] } },
      { ...to('there'), match: { queryParameters: [{ name: 'debug' }] } },
    );
    assert.equal(find(list, 'h/?a=b&v=1'), 'exact');
    assert.equal(find(list, 'h/?v=2&v=1'), undefined);
    assert.equal(find(list, 'h/?debug'), 'there');
    assert.equal(find(list, 'h/?debugger=1'), undefined);
    assert.equal(find(list, 'h/v=1'), undefined);
  });

  it('take linear time for any expression', () => {
    const list = routes({ ...to('bad'), match: { regex: '/(a+)+b' } });
    assert.equal(find(list, `h/${'a'.repeat(5000)}`), undefined);
  });

  it('of a broken table are named', () => {
    assert.throws(
      () => routes({ ...to('bad'), match: { regex: '(' } }),
      /^Error: route 'bad' of virtual host 'all': .*missing closing \)/,
    );
    assert.throws(() => routes({ name: 'nowhere' }), /route 'nowhere'.*neither a cluster nor an answer/);
    assert.throws(
      () => routes({ name: 'w', forward: { clusters: [{ name: 'a' }, { name: 'b' }] } }),
      /route 'w' has no cluster with a weight/,
    );
  });

  it('redirect: path, host and code, and the query stays', () => {
    const request = requestHead('h/old?x=1');
    const reply = (redirect: object) => routes({ name: 'r', redirect }).find(request, downstream)?.reply?.(request);
    assert.deepEqual(reply({ path: '/new' }), { status: 301, headers: ['location', 'http://h/new?x=1'] });
    assert.deepEqual(reply({ path: '/new?y', host: 'g', code: 307 }), {
      status: 307,
      headers: ['location', 'http://g/new?y'],
    });
    assert.deepEqual(reply({ https: true }), { status: 301, headers: ['location', 'https://h/old?x=1'] });
  });

  it('answer directly', () => {
    const request = requestHead('h/');
    const found = routes({ name: 'block_all', directResponse: { code: 502 } }).find(request, downstream);
    assert.deepEqual(found?.reply?.(request), { status: 502, body: '', details: 'direct_response' });
  });
});
